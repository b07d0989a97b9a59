//! The Graph API half: what services call in place of graph.facebook.com.
//!
//! Order of the checks is Meta's: version, token, number, body, then limits. A refused call changes nothing.

pub mod access;
pub mod check;
pub mod errors;
pub mod media;
pub mod messages;
pub mod rates;
pub mod receipts;
pub mod wamid;
