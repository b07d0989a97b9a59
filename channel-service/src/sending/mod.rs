//! Sending: a message is claimed under the conversation's lock, sent, and its outcome sorted.
//!
//! [`sender`] is the loop; [`claim`] decides what may go and as what; [`graph`] is the HTTP; [`settle`] sorts what came
//! of it by the table in [`errors`]; [`sweep`] ends what never came to an end; [`retry`] begins anew when a person wants
//! it. [`step`] is the state machine, [`pace`] the rate limits, [`store`] the SQL.

mod claim;
mod coalesce;
pub mod desk;
pub mod errors;
pub mod graph;
mod pace;
pub mod progress;
pub mod retry;
pub mod sender;
mod settle;
pub mod step;
pub mod store;
pub mod sweep;
mod upload;
