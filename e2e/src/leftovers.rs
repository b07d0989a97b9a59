//! What a killed test run left behind. A pid file can outlive its process, so there is none: every program carries a mark
//! in its environment that no stranger has.

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The variable that marks a program of ours.
pub const MARK: &str = "GOVCONNECT_E2E_CLONE";

/// This clone's mark: another clone's tests go on.
pub fn mark() -> &'static str {
    env!("CARGO_MANIFEST_DIR")
}

/// Ends programs that an earlier run of this clone's tests left.
pub fn end() {
    let wanted = format!("{MARK}={}", mark());
    let Ok(processes) = fs::read_dir("/proc") else { return };
    for pid in processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok()) {
        let is_ours = fs::read(format!("/proc/{pid}/environ"))
            .is_ok_and(|environ| environ.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes()));
        if is_ours {
            // It may have ended between the look and the signal, which is as good.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}
