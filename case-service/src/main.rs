//! The case service's process.

use std::process::ExitCode;

fn main() -> ExitCode {
    platform::service::main::<case_service::CaseService>()
}
