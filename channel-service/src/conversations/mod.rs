//! Conversations: a contact at one of the office's numbers. Every message and change takes the next `seq` under the
//! row's lock, so that a screen which knows `seq` n knows whether it has missed something.

pub mod http;
pub mod store;
