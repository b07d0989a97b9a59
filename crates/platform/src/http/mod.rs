//! HTTP, inside and out.
//!
//! [`problem`] is the one error shape; [`extract`] the house extractors that answer in it; [`auth`] who calls, and for
//! which office; [`layers`] what stands around every route; [`standard`] the routes that every service has; [`client`]
//! how services call each other and vendors.

pub mod auth;
pub mod client;
mod extract;
mod layers;
mod problem;
mod standard;

pub use extract::{Json, Path, Query};
pub use layers::{MAX_BODY, around, internal};
pub use problem::Problem;
pub use standard::{Dependencies, Readiness, routes};
