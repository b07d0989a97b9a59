//! The scripts' API (`/sim/…`): what end-to-end tests, load generators and the page use.

pub mod citizens;
pub mod compose;
pub mod controls;
pub mod live;
pub mod raw;
pub mod services;
