//! The notification service's process.

use std::process::ExitCode;

fn main() -> ExitCode {
    platform::service::main::<notification_service::NotificationService>()
}
