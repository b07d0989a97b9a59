//! Child processes: started with a mark in their environment, found again by it, ended by it.
//!
//! A pid file can outlive its process, and the pid can be given to a stranger. So there are none: every process that xtask
//! starts carries `GOVCONNECT_PROCESS=<instance folder>#<role>` in its environment, which its own children inherit
//! (RabbitMQ's epmd among them) and which no stranger has. PostgreSQL overwrites its environment, but all its processes
//! stand in its data folder. A run after a kill -9 or a reboot therefore sees exactly what is still alive.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

pub const MARK: &str = "GOVCONNECT_PROCESS";

/// A process of ours that is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub pid: i32,
    /// The kernel's short name, e.g. `beam.smp`.
    pub name: String,
    /// When it was started, in clock ticks since boot: with the pid, unique until the next boot.
    started: u64,
}

impl Found {
    pub fn is_alive(&self) -> bool {
        stat(self.pid).is_some_and(|(name, started)| started == self.started && name == self.name)
    }

    /// Signals it if it is still the same process.
    pub fn signal(&self, signal: Signal) {
        if self.is_alive() {
            // Between the look and the signal it may end; then the answer is ESRCH, which is what we want anyway.
            let _ = kill(Pid::from_raw(self.pid), signal);
        }
    }
}

/// The mark of a role within an instance's folder.
pub fn mark(instance: &Path, role: &str) -> String {
    format!("{}#{role}", instance.display())
}

/// Every living process with this mark.
pub fn marked(mark: &str) -> Vec<Found> {
    let wanted = format!("{MARK}={mark}");
    all(|pid| {
        fs::read(format!("/proc/{pid}/environ"))
            .is_ok_and(|environ| environ.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes()))
    })
}

/// Every living process of ours that stands in this folder.
pub fn standing_in(folder: &Path) -> Vec<Found> {
    all(|pid| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == folder))
}

fn all(is_ours: impl Fn(i32) -> bool) -> Vec<Found> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| is_ours(*pid))
        .filter_map(|pid| stat(pid).map(|(name, started)| Found { pid, name, started }))
        .collect()
}

/// Short name and start time; nothing for the dead and for zombies.
fn stat(pid: i32) -> Option<(String, u64)> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse_stat(text: &str) -> Option<(String, u64)> {
    // `pid (name) state ppid …`: the name may hold spaces and parentheses, so the last parenthesis counts.
    let (head, tail) = text.rsplit_once(") ")?;
    let name = head.split_once('(')?.1;
    let fields: Vec<&str> = tail.split(' ').collect();
    if fields.first() == Some(&"Z") {
        return None;
    }
    Some((name.to_owned(), fields.get(19)?.parse().ok()?))
}

/// Asks all of them to end, and insists after `patience`.
pub fn end(found: impl Fn() -> Vec<Found>, politely: Signal, patience: Duration) -> Result<()> {
    for process in found() {
        process.signal(politely);
    }
    if wait_until(patience, || Ok(found().is_empty()))? {
        return Ok(());
    }
    for process in found() {
        process.signal(Signal::SIGKILL);
    }
    if wait_until(Duration::from_secs(10), || Ok(found().is_empty()))? {
        return Ok(());
    }
    let left: Vec<String> = found().iter().map(|process| format!("{} ({})", process.name, process.pid)).collect();
    bail!("{} can't be ended: end it by hand", left.join(", "))
}

/// Looks again and again until it is true, the time is over (`false`) or Ctrl-C came (an error).
pub fn wait_until(patience: Duration, mut is_true: impl FnMut() -> Result<bool>) -> Result<bool> {
    let deadline = Instant::now() + patience;
    loop {
        if is_true()? {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        pause(Duration::from_millis(50));
    }
}

#[expect(clippy::disallowed_methods, reason = "the state of other processes can only be looked at again and again")]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// The user that a server runs as when xtask itself runs as root.
#[derive(Debug, Clone, Copy)]
pub struct RunAs {
    pub uid: u32,
    pub gid: u32,
}

/// What to start in the background.
#[derive(Debug)]
pub struct Background<'a> {
    pub command: Command,
    pub mark: String,
    pub log: &'a Path,
    pub run_as: Option<RunAs>,
}

/// Starts a server or service in a process group of its own, so that Ctrl-C reaches only xtask, which ends it in order.
pub fn start(background: Background<'_>) -> Result<Child> {
    let Background { command, mark, log, run_as } = background;
    let program = PathBuf::from(command.get_program());
    let mut command = without_open_files(command);
    if let Some(parent) = log.parent() {
        fs::create_dir_all(parent)?;
    }
    let log_file = fs::File::options().create(true).append(true).open(log)?;
    command.env(MARK, mark).stdin(Stdio::null()).stdout(log_file.try_clone()?).stderr(log_file).process_group(0);
    if let Some(user) = run_as {
        command.uid(user.uid).gid(user.gid);
    }
    command.spawn().with_context(|| format!("can't start {}", program.display()))
}

/// Files that whoever started us left open (a lock, the pipe of a CI machine) must not live on in a server: a shell closes
/// them on the way. Ours are closed on exec anyway.
fn without_open_files(command: Command) -> Command {
    let open: Vec<u32> = fs::read_dir("/proc/self/fd")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        // A POSIX shell knows single digits only.
        .filter(|number| (3..=9).contains(number) && survives_exec(*number))
        .collect();
    if open.is_empty() {
        return command;
    }
    let closing: Vec<String> = open.iter().map(|number| format!("{number}>&-")).collect();
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(format!("exec \"$0\" \"$@\" {}", closing.join(" "))).arg(command.get_program());
    shell.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    // Servers and services start from an empty environment; what they were given is all they get.
    shell.env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    shell
}

fn survives_exec(file: u32) -> bool {
    const CLOSE_ON_EXEC: u32 = 0o2_000_000;
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{file}")).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok()).is_some_and(|flags| flags & CLOSE_ON_EXEC == 0)
}

/// Runs a tool to its end and gives its output; its error text becomes ours.
pub fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("can't start {program}: is it installed?"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{program} failed ({}): {}", output.status, last_lines(errors.trim(), 8));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a tool whose lines the person should see; Ctrl-C and SIGTERM are passed on to it.
pub fn run(command: &mut Command) -> Result<ExitStatus> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command.stdin(Stdio::null()).spawn().with_context(|| format!("can't start {program}"))?;
    let mut told = false;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupted() && !told {
            told = true;
            if let Ok(pid) = i32::try_from(child.id()) {
                let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
            }
        }
        pause(Duration::from_millis(20));
    }
}

/// Like [`run`], and anything but success is an error.
pub fn must(command: &mut Command) -> Result<()> {
    let shown = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ");
    let status = run(command)?;
    stop_if_interrupted()?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

static INTERRUPTED: OnceLock<std::sync::Arc<AtomicBool>> = OnceLock::new();

/// From here on Ctrl-C, SIGTERM and a closed terminal set a flag instead of ending xtask on the spot.
pub fn catch_signals() -> Result<()> {
    let flag = INTERRUPTED.get_or_init(Default::default);
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
        signal_hook::flag::register(signal, std::sync::Arc::clone(flag))?;
    }
    Ok(())
}

pub fn interrupted() -> bool {
    INTERRUPTED.get().is_some_and(|flag| flag.load(Ordering::SeqCst))
}

pub fn stop_if_interrupted() -> Result<()> {
    if interrupted() {
        bail!("interrupted");
    }
    Ok(())
}

pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// The end of a log, for an error message.
pub fn tail(log: &Path, count: usize) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    last_lines(text.trim_end(), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_name_with_parentheses_does_not_confuse_the_parser() {
        let line = "7 (a (b) c) S 1 7 7 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 4711 1 2";
        assert_eq!(parse_stat(line), Some(("a (b) c".to_owned(), 4711)));
        assert_eq!(parse_stat("7 (gone) Z 1 7 7 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 4711"), None);
    }

    #[test]
    fn a_marked_process_is_found_and_ended_and_a_stranger_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let mark = mark(dir.path(), "sleeper");
        let mut sleep = Command::new("sleep");
        sleep.arg("600");
        let log = dir.path().join("log");
        let mut ours = start(Background { command: sleep, mark: mark.clone(), log: &log, run_as: None }).unwrap();
        let mut stranger = Command::new("sleep").arg("600").spawn().unwrap();
        assert!(wait_until(Duration::from_secs(5), || Ok(marked(&mark).len() == 1)).unwrap());
        let reaper = std::thread::spawn(move || ours.wait());
        end(|| marked(&mark), Signal::SIGTERM, Duration::from_secs(5)).unwrap();
        assert!(reaper.join().unwrap().is_ok());
        assert!(stranger.try_wait().unwrap().is_none());
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }

    #[test]
    fn a_recycled_pid_is_not_signalled() {
        let mut stranger = Command::new("sleep").arg("600").spawn().unwrap();
        let pid = i32::try_from(stranger.id()).unwrap();
        Found { pid, name: "sleep".to_owned(), started: 1 }.signal(Signal::SIGKILL);
        assert!(stranger.try_wait().unwrap().is_none());
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }
}
