//! Keys of other programs: made by an administrator, shown once, kept as a digest, limited, revoked.

pub mod http;
pub mod store;

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What stands behind a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub id: Uuid,
    pub name: String,
    pub per_minute: i32,
}

/// What is kept of a key. Keys are random, so that a plain digest can't be guessed back.
pub fn digest(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes()).to_vec()
}
