//! Files in messages, and pins on the map.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use contracts::message::Location;
use serde_json::Value;

use super::json::{each, flag, id, number, said, text};

/// A file as WhatsApp announces it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundMedia {
    /// Absent when WhatsApp itself could not get the file.
    pub id: Option<String>,
    pub mime_type: Option<String>,
    pub filename: Option<String>,
    pub sha256: Option<[u8; 32]>,
    pub url: Option<String>,
    /// Recorded in the chat rather than sent as a file.
    pub voice: bool,
    /// Why there is no id, as WhatsApp says it.
    pub trouble: Option<String>,
}

/// Kinds that bring a file.
pub const KINDS: [&str; 6] = ["image", "video", "audio", "voice", "document", "sticker"];

/// The file of a message of this kind.
pub fn read(message: &Value, kind: &str) -> Option<FoundMedia> {
    if !KINDS.contains(&kind) {
        return None;
    }
    let none = Value::Null;
    let body = message.get(kind).unwrap_or(&none);
    let errors = each(message.get("errors"));
    let found = FoundMedia {
        id: id(body.get("id")),
        mime_type: said(body.get("mime_type")),
        filename: said(body.get("filename")),
        sha256: said(body.get("sha256")).and_then(|digest| digest_of(&digest)),
        url: said(body.get("url")),
        voice: kind == "voice" || flag(body.get("voice")),
        trouble: None,
    };
    if found.id.is_some() {
        return Some(found);
    }
    let trouble = errors.first().map(|error| {
        said(error.pointer("/error_data/details"))
            .or_else(|| said(error.get("title")))
            .or_else(|| said(error.get("message")))
            .unwrap_or_else(|| "WhatsApp could not get the file".to_owned())
    });
    Some(FoundMedia { trouble: trouble.or_else(|| Some("WhatsApp named no file".to_owned())), ..found })
}

/// Base64 in webhooks, hex at the media node.
pub fn digest_of(text: &str) -> Option<[u8; 32]> {
    let bytes = if text.len() == 64 {
        hex::decode(text).ok()?
    } else {
        STANDARD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()?
    };
    bytes.try_into().ok()
}

/// The pin of a message.
pub fn location(message: &Value) -> Option<Location> {
    let body = message.get("location")?;
    let (latitude, longitude) = (number(body.get("latitude"))?, number(body.get("longitude"))?);
    let real = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    real.then(|| Location { latitude, longitude, name: text(body.get("name")), address: text(body.get("address")) })
}

#[cfg(test)]
mod tests {
    use super::digest_of;

    #[test]
    fn a_digest_is_read_from_hex_and_base64_alike() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(digest_of(hex), digest_of(base64));
        assert!(digest_of(hex).is_some());
        assert_eq!(digest_of("a1b2c3d4e5f6..."), None);
    }
}
