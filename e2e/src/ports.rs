//! Loopback ports for the programs of one world.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Result, ensure};

/// Below Linux' ephemeral range: no outgoing connection takes a killed service's port while it restarts. Above what
/// `cargo xtask` hands to servers first.
const FIRST: u32 = 24_000;
const SPAN: u32 = 7_000;

/// So many free ports; two test processes start to look at different places.
pub fn free(count: usize) -> Result<Vec<u16>> {
    let start = std::process::id().wrapping_mul(97) % SPAN;
    let candidates = (0..SPAN).map(|step| FIRST + (start + step) % SPAN);
    let ports: Vec<u16> = candidates
        .filter_map(|port| u16::try_from(port).ok())
        .filter(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .take(count)
        .collect();
    ensure!(ports.len() == count, "there are no {count} free ports above {FIRST}: end what listens there");
    Ok(ports)
}
