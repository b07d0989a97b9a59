//! What there is to read in a message, whatever its kind, in the words of whoever reads it: Indonesian staff.

use std::fmt::Write as _;

use serde_json::Value;

use super::json::{each, flag, number, said, text};

/// What a screen shows for a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    pub text: Option<String>,
    /// The words are ours, a description; the citizen did not write them.
    pub described: bool,
}

impl Words {
    fn theirs(text: Option<String>) -> Self {
        Self { text, described: false }
    }

    fn ours(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), described: true }
    }
}

/// The words of a message of this kind.
pub fn of(message: &Value, kind: &str) -> Words {
    let at = |pointer: &str| text(message.pointer(pointer));
    match kind {
        "text" => Words::theirs(at("/text/body")),
        "button" => Words::theirs(at("/button/text")),
        "interactive" => interactive(message),
        "reaction" => match said(message.pointer("/reaction/emoji")) {
            Some(emoji) => Words::theirs(Some(emoji)),
            None => Words::ours("Reaksi dihapus"),
        },
        "location" => location(message),
        "contacts" => contacts(message),
        "order" => order(message),
        "edit" => edit(message),
        "revoke" => Words::ours("Menghapus sebuah pesan"),
        "request_welcome" => Words::ours("Membuka percakapan"),
        "media_placeholder" => Words::ours("Berkas dari riwayat percakapan"),
        "unsupported" | "unknown" | "errors" => unsupported(message),
        _ => match said(message.get(kind).and_then(|body| body.get("caption"))) {
            Some(caption) => Words::theirs(Some(caption)),
            None => named(message, kind),
        },
    }
}

fn named(message: &Value, kind: &str) -> Words {
    let body = message.get(kind);
    match kind {
        "image" => Words::ours("Foto"),
        "video" => Words::ours("Video"),
        "sticker" => Words::ours("Stiker"),
        "voice" => Words::ours("Pesan suara"),
        "audio" if flag(body.and_then(|body| body.get("voice"))) => Words::ours("Pesan suara"),
        "audio" => Words::ours("Rekaman suara"),
        "document" => match said(body.and_then(|body| body.get("filename"))) {
            Some(name) => Words::ours(format!("Dokumen: {name}")),
            None => Words::ours("Dokumen"),
        },
        // A kind that nobody knows yet: some words may be in it, but which ones can't be told.
        _ => Words::ours(format!(
            "Pesan jenis \"{}\" belum dapat ditampilkan",
            kind.chars().take(40).collect::<String>()
        )),
    }
}

fn interactive(message: &Value) -> Words {
    let at = |pointer: &str| said(message.pointer(pointer));
    if let Some(title) = at("/interactive/button_reply/title").or_else(|| at("/interactive/list_reply/title")) {
        return Words::theirs(Some(title));
    }
    if let Some(form) = message.pointer("/interactive/nfm_reply") {
        return form_answer(form);
    }
    if let Some(answer) = message.pointer("/interactive/call_permission_reply") {
        let forever = if flag(answer.get("is_permanent")) { " seterusnya" } else { "" };
        return match answer.get("response").and_then(Value::as_str) {
            Some("accept") => Words::ours(format!("Mengizinkan panggilan telepon{forever}")),
            Some("reject") => Words::ours("Menolak panggilan telepon"),
            _ => Words::ours("Menjawab permintaan panggilan telepon"),
        };
    }
    if message.pointer("/interactive/payment_method").is_some() {
        return Words::ours("Memilih cara pembayaran");
    }
    Words::ours("Jawaban yang tidak dapat dibaca")
}

/// A form's answers are what the citizen filled in; its machinery is not.
fn form_answer(form: &Value) -> Words {
    let answers = match form.get("response_json") {
        Some(Value::String(json)) => serde_json::from_str(json).unwrap_or(Value::Null),
        Some(other) => other.clone(),
        None => Value::Null,
    };
    let mut lines = String::new();
    let fields = answers.get("values").and_then(Value::as_object).or_else(|| answers.as_object());
    for (key, value) in fields.into_iter().flatten().filter(|(key, _)| *key != "flow_token") {
        let value = match value {
            Value::Null => continue,
            Value::Array(items) => items.iter().filter_map(|item| said(Some(item))).collect::<Vec<_>>().join(", "),
            Value::Bool(true) => "ya".to_owned(),
            Value::Bool(false) => "tidak".to_owned(),
            other => said(Some(other)).unwrap_or_default(),
        };
        if !value.is_empty() {
            let _ = write!(lines, "{}{}: {value}", if lines.is_empty() { "" } else { "\n" }, key.replace('_', " "));
        }
    }
    if lines.is_empty() {
        return match said(form.get("body")) {
            Some(body) => Words::theirs(Some(body)),
            None => Words::ours("Formulir dikirim"),
        };
    }
    Words::theirs(Some(lines))
}

fn location(message: &Value) -> Words {
    let at = |key: &str| said(message.get("location").and_then(|body| body.get(key)));
    match (at("name"), at("address")) {
        (Some(name), Some(address)) => Words::theirs(Some(format!("{name}, {address}"))),
        (Some(one), None) | (None, Some(one)) => Words::theirs(Some(one)),
        (None, None) => {
            let coordinate = |key: &str| number(message.get("location").and_then(|body| body.get(key)));
            match (coordinate("latitude"), coordinate("longitude")) {
                (Some(latitude), Some(longitude)) => Words::ours(format!("Lokasi: {latitude}, {longitude}")),
                _ => Words::ours("Lokasi"),
            }
        }
    }
}

fn contacts(message: &Value) -> Words {
    let cards: Vec<String> = each(message.get("contacts"))
        .into_iter()
        .map(|card| {
            let name = said(card.pointer("/name/formatted_name")).or_else(|| said(card.pointer("/name/first_name")));
            let phones: Vec<String> = each(card.get("phones"))
                .into_iter()
                .filter_map(|phone| said(phone.get("phone")).or_else(|| said(phone.get("wa_id"))))
                .collect();
            match (name, phones.is_empty()) {
                (Some(name), true) => name,
                (Some(name), false) => format!("{name} ({})", phones.join(", ")),
                (None, false) => phones.join(", "),
                (None, true) => "tanpa nama".to_owned(),
            }
        })
        .collect();
    if cards.is_empty() { Words::ours("Kontak") } else { Words::ours(format!("Kontak: {}", cards.join("; "))) }
}

fn order(message: &Value) -> Words {
    let items: Vec<String> = each(message.pointer("/order/product_items"))
        .into_iter()
        .map(|item| {
            let name = said(item.get("product_retailer_id")).unwrap_or_else(|| "barang".to_owned());
            match number(item.get("quantity")) {
                Some(quantity) => format!("{quantity} × {name}"),
                None => name,
            }
        })
        .collect();
    let list = if items.is_empty() { "Pesanan".to_owned() } else { format!("Pesanan: {}", items.join(", ")) };
    match said(message.pointer("/order/text")) {
        Some(text) => Words::theirs(Some(format!("{text}\n{list}"))),
        None => Words::ours(list),
    }
}

fn edit(message: &Value) -> Words {
    let kind = text(message.pointer("/edit/message/type")).unwrap_or_default();
    let inner = message.pointer("/edit/message").map(|inner| of(inner, &kind)).filter(|words| !words.described);
    match inner.and_then(|words| words.text) {
        Some(text) => Words::ours(format!("Mengubah pesan menjadi: {text}")),
        None => Words::ours("Mengubah sebuah pesan"),
    }
}

/// What WhatsApp keeps from us: named as far as it says what it was.
fn unsupported(message: &Value) -> Words {
    let first = each(message.get("errors")).first().and_then(|error| number(error.get("code")));
    // 131060: it exists, on the phone alone.
    if first.is_some_and(|code| (code - 131_060.0).abs() < 0.5) {
        return Words::ours("Pesan ini hanya dapat dilihat di aplikasi WhatsApp Business");
    }
    let what = match message.pointer("/unsupported/type").and_then(Value::as_str).unwrap_or_default() {
        "poll_creation" | "poll_update" => "polling",
        "gif" => "GIF",
        "group_invite" => "undangan grup",
        "pin" | "keep_in_chat" => "pesan yang disematkan",
        "product" | "list" | "order" => "katalog",
        "reaction" => "reaksi",
        "edit" => "perubahan pesan",
        "image" | "media_placeholder" => "media sekali lihat",
        "location" => "lokasi langsung",
        _ => return Words::ours("Pesan ini tidak dapat ditampilkan"),
    };
    Words::ours(format!("Pesan ini ({what}) tidak dapat ditampilkan"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(message: &Value) -> (String, bool) {
        let words = of(message, message["type"].as_str().expect("a type"));
        (words.text.unwrap_or_default(), words.described)
    }

    #[test]
    fn whatever_came_can_be_read() {
        let ours = |text: &str| (text.to_owned(), true);
        let theirs = |text: &str| (text.to_owned(), false);
        for (message, words) in [
            (json!({"type": "image", "image": {"id": "1"}}), ours("Foto")),
            (json!({"type": "image", "image": {"id": "1", "caption": "lubang"}}), theirs("lubang")),
            (json!({"type": "audio", "audio": {"id": "1", "voice": true}}), ours("Pesan suara")),
            (json!({"type": "document", "document": {"filename": "surat.pdf"}}), ours("Dokumen: surat.pdf")),
            (
                json!({"type": "location", "location": {"latitude": -6.2, "longitude": "106.8"}}),
                ours("Lokasi: -6.2, 106.8"),
            ),
            (
                json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Pak RT"}, "phones": [{"phone": "0812"}]}]}),
                ours("Kontak: Pak RT (0812)"),
            ),
            (
                json!({"type": "contacts", "contacts": [{"phones": [{"wa_id": "62812"}]}, {}]}),
                ours("Kontak: 62812; tanpa nama"),
            ),
            (
                json!({"type": "order", "order": {"product_items": [{"product_retailer_id": "A1", "quantity": "2"}, {}]}}),
                ours("Pesanan: 2 × A1, barang"),
            ),
            (
                json!({"type": "interactive", "interactive": {"call_permission_reply": {"response": "reject"}}}),
                ours("Menolak panggilan telepon"),
            ),
            (json!({"type": "interactive"}), ours("Jawaban yang tidak dapat dibaca")),
            (
                json!({"type": "interactive", "interactive": {"nfm_reply": {"body": "Sent", "response_json": "{\"flow_token\":\"x\",\"no_rumah\":12,\"setuju\":true}"}}}),
                theirs("no rumah: 12\nsetuju: ya"),
            ),
            (
                json!({"type": "interactive", "interactive": {"nfm_reply": {"body": "Sent", "response_json": "[1"}}}),
                theirs("Sent"),
            ),
            (json!({"type": "reaction", "reaction": {"message_id": "x", "emoji": ""}}), ours("Reaksi dihapus")),
            (
                json!({"type": "edit", "edit": {"message": {"type": "text", "text": {"body": "RT 05"}}}}),
                ours("Mengubah pesan menjadi: RT 05"),
            ),
            (
                json!({"type": "unsupported", "unsupported": {"type": "gif"}}),
                ours("Pesan ini (GIF) tidak dapat ditampilkan"),
            ),
            (
                json!({"type": "unsupported", "errors": [{"code": 131_060}]}),
                ours("Pesan ini hanya dapat dilihat di aplikasi WhatsApp Business"),
            ),
            (json!({"type": "hologram"}), ours("Pesan jenis \"hologram\" belum dapat ditampilkan")),
        ] {
            assert_eq!(shown(&message), words, "{message}");
        }
    }
}
