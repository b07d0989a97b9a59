//! Session tokens: 256 random bits in the cookie, their SHA-256 in the database.

use rand::RngExt as _;
use sha2::{Digest, Sha256};

/// What the cookie holds. Never printed, never stored.
#[derive(Clone)]
pub struct Token(String);

/// What the database holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(pub Vec<u8>);

impl Token {
    /// A new token.
    pub fn random() -> Self {
        Self(hex::encode(rand::rng().random::<[u8; 32]>()))
    }

    /// Reads a cookie's value; what is no token is none.
    pub fn read(text: &str) -> Option<Self> {
        (text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Self(text.to_owned()))
    }

    /// For the cookie only.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// For the database.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).to_vec())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_as_itself_and_never_prints() {
        let token = Token::random();
        let read = Token::read(token.expose()).expect("a token");
        assert_eq!(read.hash(), token.hash());
        assert_ne!(Token::random().hash(), token.hash());
        assert_eq!(format!("{token:?}"), "Token(***)");
        assert!(Token::read("short").is_none());
        assert!(Token::read(&"g".repeat(64)).is_none());
    }
}
