//! Text, files, places, contacts and reactions.

use serde_json::Value;

use super::{Findings, Need, TEXT};

/// Contacts in one message.
const CONTACTS: usize = 257;
const CAPTION: usize = 1024;

pub fn text(found: &mut Findings, content: &Value) {
    found.text(content, "text", "body", TEXT, Need::Must);
    if content.get("preview_url").is_some_and(|preview| !preview.is_boolean() && !preview.is_null()) {
        found.add("text.preview_url", "must be true or false");
    }
}

/// A file: WhatsApp's `id`, a `link`, or one of ours by `media_id`, or by `key` with its `mime_type`.
pub fn media(found: &mut Findings, kind: &str, path: &str, content: &Value) {
    const SOURCES: [&str; 4] = ["id", "link", "media_id", "key"];
    let given: Vec<&str> = SOURCES.into_iter().filter(|key| content.get(key).is_some_and(|v| !v.is_null())).collect();
    match given[..] {
        [] => found.add(path, "names no file: give one of id, link, media_id or key"),
        [source] => {
            let named = found.text(content, path, source, 2048, Need::Must);
            if let Some(link) = named.filter(|_| source == "link") {
                found.web_address(format!("{path}.link"), link);
            }
            if let Some(key) = named.filter(|_| source == "key") {
                if key.parse::<platform::storage::Key>().is_err() {
                    found.add(format!("{path}.key"), "is not the key of a stored file");
                }
                let mime = found.text(content, path, "mime_type", 255, Need::Must);
                if mime.is_some_and(|mime| !fits(kind, mime)) {
                    found.add(
                        format!("{path}.mime_type"),
                        format!("WhatsApp takes no such file as {kind}: {}", remedy(kind)),
                    );
                }
            }
        }
        _ => found.add(path, format!("names more than one file ({}): keep one of them", given.join(", "))),
    }
    match kind {
        "image" | "video" | "document" => {
            found.text(content, path, "caption", CAPTION, Need::May);
        }
        _ if content.get("caption").is_some() => {
            found
                .add(format!("{path}.caption"), format!("WhatsApp shows no caption with {kind}: send a text after it"));
        }
        _ => {}
    }
    if kind == "document" {
        found.text(content, path, "filename", 240, Need::May);
    } else if content.get("filename").is_some() {
        found.add(format!("{path}.filename"), "only a document has a file name: leave it out");
    }
    let mime = content.get("mime_type").and_then(Value::as_str);
    if content.get("voice") == Some(&Value::Bool(true)) && mime.is_some_and(|mime| !mime.starts_with("audio/ogg")) {
        found.add(format!("{path}.voice"), "a voice note must be OGG with Opus: send another file, or without voice");
    }
    let voice = content.get("voice");
    if voice.is_some_and(|voice| !voice.is_boolean() || kind != "audio") {
        found.add(format!("{path}.voice"), "must be true or false, and only with audio");
    }
}

/// The kinds of files that WhatsApp takes, and the most bytes of each.
pub fn fits(kind: &str, mime: &str) -> bool {
    let essence = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let types: &[&str] = match kind {
        "image" => &["image/jpeg", "image/png"],
        "video" => &["video/mp4", "video/3gpp"],
        "audio" => &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
        "sticker" => &["image/webp"],
        _ => return essence.contains('/'),
    };
    types.contains(&essence.as_str())
}

/// The most bytes of a file of this kind.
pub fn most_bytes(kind: &str) -> u64 {
    const MB: u64 = 1024 * 1024;
    match kind {
        "image" => 5 * MB,
        "sticker" => 500 * 1024,
        "document" => 100 * MB,
        _ => 16 * MB,
    }
}

fn remedy(kind: &str) -> &'static str {
    match kind {
        "image" => "send a JPEG or PNG, or send it as a document",
        "video" => "send MP4 or 3GP, or send it as a document",
        "audio" => "send AAC, AMR, MP3, MP4 or OGG, or send it as a document",
        _ => "send WebP",
    }
}

pub fn location(found: &mut Findings, content: &Value) {
    for (key, bound) in [("latitude", 90.0), ("longitude", 180.0)] {
        let degrees = match content.get(key) {
            Some(Value::String(text)) => text.parse().ok(),
            value => value.and_then(Value::as_f64),
        };
        if !degrees.is_some_and(|degrees: f64| degrees.abs() <= bound) {
            found.add(format!("location.{key}"), format!("must be a number of degrees from -{bound} to {bound}"));
        }
    }
    for key in ["name", "address"] {
        found.text(content, "location", key, 1000, Need::May);
    }
}

pub fn contacts(found: &mut Findings, content: &Value) {
    let Some(contacts) = content.as_array() else {
        found.add("contacts", "must be a list");
        return;
    };
    if contacts.is_empty() || contacts.len() > CONTACTS {
        found.add("contacts", format!("has {} entries; WhatsApp takes 1 to {CONTACTS}", contacts.len()));
    }
    for (n, contact) in contacts.iter().enumerate() {
        let path = format!("contacts[{n}]");
        if let Some(name) = found.object(contact, &path, "name") {
            found.text(name, &format!("{path}.name"), "formatted_name", 1000, Need::Must);
        }
    }
}

pub fn reaction(found: &mut Findings, content: &Value) {
    found.text(content, "reaction", "message_id", 1000, Need::Must);
    match content.get("emoji") {
        None => found.add("reaction.emoji", "is missing: one emoji, or \"\" to take the reaction back"),
        Some(Value::String(emoji)) if emoji.is_empty() || (!emoji.is_ascii() && super::units(emoji) <= 40) => {}
        Some(_) => found.add("reaction.emoji", "must be one emoji, or \"\" to take the reaction back"),
    }
}
