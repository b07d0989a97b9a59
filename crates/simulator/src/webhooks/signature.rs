//! `X-Hub-Signature-256`: HMAC-SHA256 with the app secret over the bytes as they go out.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header's value. A key of any length is good for HMAC; the empty string never occurs.
pub fn sign(app_secret: &str, body: &[u8]) -> String {
    Hmac::<Sha256>::new_from_slice(app_secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(body);
            format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
        },
    )
}
