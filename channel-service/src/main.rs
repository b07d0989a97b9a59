//! The process of channel-service; everything else is in the library.

fn main() -> std::process::ExitCode {
    platform::service::main::<channel_service::ChannelService>()
}
