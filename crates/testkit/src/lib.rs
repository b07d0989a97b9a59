//! What tests stand on. A dev-dependency only.
//!
//! Tests use a real PostgreSQL and a real RabbitMQ, started once per run by `cargo xtask test`, or left running by
//! `cargo xtask setup` for plain `cargo test`. Every test has a database of its own and a prefix of its own on the
//! broker. Setting something up panics when it fails: a test that can't start has failed.

pub mod api;
pub mod broker;
pub mod database;
pub mod person;
pub mod servers;
mod tear_down;
pub mod test;
mod until;

pub use api::{Answer, Api};
pub use database::TestDb;
pub use test::{INTERNAL_API_KEY, Test};
pub use until::until;
