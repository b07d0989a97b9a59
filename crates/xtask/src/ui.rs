//! What the person at the terminal (or the log of a CI run) sees: numbered steps with their time.

use std::fmt::Display;
use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

/// A numbered list of steps; every command makes one and walks through it.
#[derive(Debug)]
pub struct Steps {
    total: usize,
    current: usize,
    began: Instant,
}

impl Steps {
    pub fn new(total: usize) -> Self {
        Self { total, current: 0, began: Instant::now() }
    }

    /// A step that prints nothing of its own: `[3/9] Starting RabbitMQ … 6.1 s`.
    pub fn quiet<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.current += 1;
        print!("[{}/{}] {title} … ", self.current, self.total);
        let _ = std::io::stdout().flush();
        let began = Instant::now();
        let result = work();
        match &result {
            Ok(_) => println!("{}", seconds(began.elapsed())),
            Err(_) => println!("failed after {}", seconds(began.elapsed())),
        }
        result
    }

    /// A step whose tools print lines of their own between its first and its last line.
    pub fn loud<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.current += 1;
        let head = format!("[{}/{}] {title}", self.current, self.total);
        println!("{head} …");
        let began = Instant::now();
        let result = work();
        match &result {
            Ok(_) => println!("{head}: {}", seconds(began.elapsed())),
            Err(_) => println!("{head}: failed after {}", seconds(began.elapsed())),
        }
        result
    }

    /// A step after whose own last line nothing of ours may stand.
    pub fn last<T>(&mut self, title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.current += 1;
        println!("[{}/{}] {title} …", self.current, self.total);
        work()
    }

    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// A failure that the tool before us has told in its own words: nothing of ours may stand after them.
#[derive(Debug)]
pub struct AlreadySaid;

impl std::fmt::Display for AlreadySaid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("see above")
    }
}

impl std::error::Error for AlreadySaid {}

/// A remark below the current step.
pub fn note(text: impl Display) {
    println!("      {text}");
}

pub fn seconds(time: Duration) -> String {
    let all = time.as_secs_f64();
    if all < 60.0 {
        return format!("{all:.1} s");
    }
    format!("{} min {:02} s", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        assert_eq!(seconds(Duration::from_millis(6_140)), "6.1 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
