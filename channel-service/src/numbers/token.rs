//! Tokens at rest: AES-256-GCM, the number as associated data, so that a token can't be moved to another number.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Seals and opens tokens.
#[derive(Clone)]
pub struct Vault(Aes256Gcm);

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(***)")
    }
}

/// The stored token can't be read: IDENTITY_KEY was changed, or the row was.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the stored token can't be read: was IDENTITY_KEY changed? Store the number's token again")]
pub struct Broken;

impl Vault {
    /// The key is derived, so that the same secret serves other purposes with other keys.
    pub fn new(identity_key: &SecretString) -> Self {
        let key = Sha256::new_with_prefix(b"govconnect number tokens\0")
            .chain_update(identity_key.expose_secret())
            .finalize();
        Self(Aes256Gcm::new(&key))
    }

    pub fn seal(&self, token: &SecretString, number: &str) -> Result<Vec<u8>, Broken> {
        let nonce: [u8; 12] = rand::random();
        let payload = Payload { msg: token.expose_secret().as_bytes(), aad: number.as_bytes() };
        let sealed = self.0.encrypt(&Nonce::from(nonce), payload).map_err(|_| Broken)?;
        Ok([&nonce[..], &sealed].concat())
    }

    pub fn open(&self, sealed: &[u8], number: &str) -> Result<SecretString, Broken> {
        let (nonce, sealed) = sealed.split_first_chunk::<12>().ok_or(Broken)?;
        let payload = Payload { msg: sealed, aad: number.as_bytes() };
        let token = self.0.decrypt(&Nonce::from(*nonce), payload).map_err(|_| Broken)?;
        String::from_utf8(token).map(Into::into).map_err(|_| Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_for_its_number_alone() {
        let vault = Vault::new(&"a key that is long enough".into());
        let sealed = vault.seal(&"EAAG-token".into(), "111").expect("sealed");
        assert!(!sealed.windows(10).any(|window| window == b"EAAG-token"));
        assert_eq!(vault.open(&sealed, "111").expect("opened").expose_secret(), "EAAG-token");
        assert!(vault.open(&sealed, "222").is_err());
        assert!(Vault::new(&"another key, long enough".into()).open(&sealed, "111").is_err());
        assert!(vault.open(&sealed[..5], "111").is_err());
    }
}
