//! The simulator from outside: over HTTP, with an office that records what it is told.

mod citizens;
mod delivery;
mod faults;
mod limits;
mod media;
mod rates;
mod restart;
mod stage;
