#![doc = include_str!("../README.md")]

pub mod broker;
pub mod browser;
pub mod citizens;
pub mod crowd;
pub mod databases;
pub mod environment;
pub mod http;
pub mod leftovers;
pub mod outage;
pub mod ports;
pub mod process;
pub mod servers;
pub mod service;
pub mod until;
pub mod webhook;
pub mod world;

pub use citizens::Phone;
pub use service::Service;
pub use until::{until, within};
pub use world::World;
