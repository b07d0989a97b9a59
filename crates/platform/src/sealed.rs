//! Secrets at rest: AES-256-GCM under a key of its own per purpose, bound to the row that they stand in.
//!
//! A sealed value opens only with the words that it was sealed with (its row's id), so that it can't be moved to another
//! row. A tag finds rows by a secret value without telling it: equal values have equal tags, nothing more.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Seals and opens what serves one purpose. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    cipher: Aes256Gcm,
    tags: Hmac<Sha256>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(***)")
    }
}

/// A sealed value can't be opened: the key was changed, or the row was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value can't be opened: was IDENTITY_KEY changed?")]
pub struct Broken;

impl Vault {
    /// The keys are derived, so that one secret serves many purposes and none opens what another sealed.
    pub fn new(secret: &SecretString, purpose: &str) -> Self {
        let derive = |use_: &str| {
            Sha256::new_with_prefix(b"govconnect\0")
                .chain_update(purpose)
                .chain_update(b"\0")
                .chain_update(use_)
                .chain_update(b"\0")
                .chain_update(secret.expose_secret())
                .finalize()
        };
        let cipher = Aes256Gcm::new(&derive("seal"));
        // A key shorter than the hash's block is padded with zeros anyway.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&derive("tag"));
        let tags = <Hmac<Sha256> as hmac::KeyInit>::new(&block.into());
        Self { cipher, tags }
    }

    /// Seals a value for the row that `row` names.
    pub fn seal(&self, value: &[u8], row: &[u8]) -> Result<Vec<u8>, Broken> {
        let nonce: [u8; 12] = rand::random();
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), Payload { msg: value, aad: row }).map_err(|_| Broken)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for that row.
    pub fn open(&self, sealed: &[u8], row: &[u8]) -> Result<Vec<u8>, Broken> {
        let (nonce, sealed) = sealed.split_first_chunk::<12>().ok_or(Broken)?;
        self.cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: row }).map_err(|_| Broken)
    }

    /// The same for the same value, and no way back.
    pub fn tag(&self, value: &[u8]) -> [u8; 32] {
        let mut tag = self.tags.clone();
        tag.update(value);
        tag.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_for_its_row_and_purpose_alone() {
        let vault = Vault::new(&"a key that is long enough".into(), "identities");
        let sealed = vault.seal(b"Budi", b"row 1").expect("sealed");
        assert!(!sealed.windows(4).any(|window| window == b"Budi"));
        assert_eq!(vault.open(&sealed, b"row 1"), Ok(b"Budi".to_vec()));
        assert_eq!(vault.open(&sealed, b"row 2"), Err(Broken));
        assert_eq!(vault.open(&sealed[..5], b"row 1"), Err(Broken));
        for other in [
            Vault::new(&"a key that is long enough".into(), "tokens"),
            Vault::new(&"another key, long enough".into(), "identities"),
        ] {
            assert_eq!(other.open(&sealed, b"row 1"), Err(Broken));
            assert_ne!(other.tag(b"Budi"), vault.tag(b"Budi"));
        }
    }

    #[test]
    fn equal_values_have_equal_tags_and_never_equal_seals() {
        let vault = Vault::new(&"a key that is long enough".into(), "identities");
        assert_eq!(vault.tag(b"Budi"), vault.tag(b"Budi"));
        assert_ne!(vault.tag(b"Budi"), vault.tag(b"Siti"));
        assert_ne!(vault.seal(b"Budi", b"row"), vault.seal(b"Budi", b"row"));
    }
}
