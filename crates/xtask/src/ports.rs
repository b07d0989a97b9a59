//! Loopback ports. A port is only ever looked for while the `ports` lock is held (see [`crate::lock`]), so that two clones
//! that start at the same moment don't choose the same one.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Result, bail};

/// Below Linux' ephemeral range (32768–60999): no outgoing connection takes the port while a server restarts.
const FIRST: u16 = 15_000;
const LAST: u16 = 31_999;

/// Ports that were handed out in this run but are not listened to yet.
#[derive(Debug, Default)]
pub struct Ports {
    taken: BTreeSet<u16>,
}

impl Ports {
    /// Ports that belong to others, whether they listen now or not: a server that is stopped for a moment wants its own back.
    pub fn beside(others: impl IntoIterator<Item = u16>) -> Self {
        Self { taken: others.into_iter().collect() }
    }

    /// `wanted`, or the next free one above it.
    pub fn from(&mut self, wanted: u16) -> Result<u16> {
        for port in wanted..=wanted.saturating_add(500) {
            if !self.taken.contains(&port) && is_free(port) {
                self.taken.insert(port);
                return Ok(port);
            }
        }
        bail!("no free port between {wanted} and {}: end what listens there", wanted.saturating_add(500))
    }

    /// Any port; clones start to look at different places.
    pub fn any(&mut self, hash: &str) -> Result<u16> {
        let start = u16::from_str_radix(hash.get(..4).unwrap_or("0"), 16).unwrap_or(0) % (LAST - FIRST - 500);
        self.from(FIRST + start)
    }

    /// The port that a server had before if it is still free and nobody else's, else another.
    pub fn keep(&mut self, before: u16, hash: &str) -> Result<u16> {
        if before != 0 && !self.taken.contains(&before) && is_free(before) {
            self.taken.insert(before);
            return Ok(before);
        }
        self.any(hash)
    }
}

pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_is_passed_over() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let busy = listener.local_addr().unwrap().port();
        let mut ports = Ports::default();
        assert!(ports.from(busy).unwrap() > busy);
    }

    #[test]
    fn a_stopped_neighbour_finds_its_port_again() {
        let free = Ports::default().any("a1b2").unwrap();
        let mut ports = Ports::beside([free]);
        assert_ne!(ports.any("a1b2").unwrap(), free);
    }

    #[test]
    fn one_run_never_hands_out_a_port_twice() {
        let mut ports = Ports::default();
        let one = ports.any("a1b2").unwrap();
        let two = ports.any("a1b2").unwrap();
        assert_ne!(one, two);
        assert!((FIRST..=LAST).contains(&one));
        assert_ne!(ports.keep(one, "a1b2").unwrap(), one);
    }
}
