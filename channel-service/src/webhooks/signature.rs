//! The signature of a webhook: HMAC-SHA256 over the bytes as they came, compared in constant time.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Whether `header` (`sha256=<64 hex digits>`) signs `body` with one of the secrets.
pub fn is_signed(header: Option<&[u8]>, body: &[u8], secrets: &[&SecretString]) -> bool {
    let Some(digest) = header.and_then(|header| header.strip_prefix(b"sha256=")) else { return false };
    let mut signature = [0_u8; 32];
    if hex::decode_to_slice(digest, &mut signature).is_err() {
        return false;
    }
    secrets.iter().any(|secret| {
        // Any length is a key to HMAC; a failure here would be no match.
        Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
            .is_ok_and(|mac| mac.chain_update(body).verify_slice(&signature).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(body: &[u8], secret: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
        format!("sha256={}", hex::encode(mac.chain_update(body).finalize().into_bytes()))
    }

    #[test]
    fn only_the_right_secret_over_the_same_bytes_counts() {
        let (secret, other) = ("first-secret-first".into(), "second-secret-second".into());
        let body = br#"{"text":"\u00e9"}"#;
        let header = sign(body, "first-secret-first");
        assert!(is_signed(Some(header.as_bytes()), body, &[&secret]));
        assert!(is_signed(Some(header.as_bytes()), body, &[&other, &secret]), "after a change of the secret");
        assert!(!is_signed(Some(header.as_bytes()), br#"{"text":"e"}"#, &[&secret]));
        assert!(!is_signed(Some(header.as_bytes()), body, &[&other]));
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let secret = "first-secret-first".into();
        let good = sign(b"x", "first-secret-first");
        let sha1 = good.replace("sha256", "sha1");
        for header in [None, Some(""), Some("sha256="), Some(&sha1[..]), Some(&good[..70]), Some("sha256=zz")] {
            assert!(!is_signed(header.map(str::as_bytes), b"x", &[&secret]), "{header:?}");
        }
    }
}
