//! All that is stored of one citizen: handed out, or forgotten.
//!
//! Erasing leaves the bare fact that messages were exchanged, and the memory of what was seen: a repeated webhook brings
//! nothing back. Files go from the storage too, by way of a list that survives a storage that is away.

pub mod http;
mod store;
