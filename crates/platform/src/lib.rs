//! How a GovConnect service runs.
//!
//! Services are features; everything that makes a feature a dependable process stands here, once: configuration,
//! telemetry, the database with its offices, the bus with its outbox and inbox, HTTP inside and out, start and stop.
//! The order to read: [`service`] (what a process does from start to end), [`context`] (what handlers are given), then
//! whichever part is of interest.

pub mod bus;
pub mod clock;
pub mod config;
pub mod context;
pub mod db;
pub mod dead_letters;
pub mod housekeeping;
pub mod http;
pub mod idempotency;
pub mod inbox;
pub mod lifecycle;
pub mod masked;
pub mod metrics;
pub mod offices;
pub mod outbox;
pub mod sealed;
pub mod service;
pub mod storage;
pub mod telemetry;
pub mod trace;

pub use context::Context;
pub use db::{Db, Tx};
pub use service::{Daemon, Service};
