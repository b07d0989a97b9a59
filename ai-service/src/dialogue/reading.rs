//! Short answers, read by rule: yes, no, drop it, change it. The model's opinion counts where the rule is silent.

use std::sync::LazyLock;

use contracts::intent::Intent;
use regex::Regex;

use super::{Field, Turn};
use crate::understanding::normalize;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

static YES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(iya|ya|y|yah|ok|betul|benar|kirim\w*|lanjut\w*|setuju|siap|gas|cocok|boleh|sudah (benar|betul|sesuai|pas)|inggih|nggih|muhun|yes|yep|yeah|yup|sure|correct|right|send( it)?|okay)\b",
    )
});
static NO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(tidak|bukan|salah|belum|jangan|masih|no|nope|wrong|not|kurang|keliru|ubah|ganti|ralat|koreksi|change)\b",
    )
});
static DROP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^((tolong |mohon |saya |mau |ok |ya |sudah )*)(batal\w*|tidak jadi|urung\w*|cancel|never ?mind|stop|tidak usah (lapor|jadi|kirim\w*|dikirim))\b",
    )
});
static BUT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(tapi|tetapi|kecuali|salah|ubah|ganti|but|except)\b"));

/// A short answer that says yes and nothing against it.
pub fn yes(turn: &Turn) -> bool {
    if let Some(choice) = turn.choice() {
        return choice == "ya";
    }
    let line = normalize::line(&turn.text);
    let short = line.split(' ').count() <= 5;
    let agrees = short && YES.is_match(&line) || turn.understood.intent == Some(Intent::Confirm);
    agrees && !BUT.is_match(&line) && !NO.is_match(&line) && !DROP.is_match(&line)
}

/// A no, or the wish to change something.
pub fn no(turn: &Turn) -> bool {
    if let Some(choice) = turn.choice() {
        return matches!(choice, "ubah" | "tidak");
    }
    let line = normalize::line(&turn.text);
    (NO.is_match(&line) || BUT.is_match(&line)) && line.split(' ').count() <= 8
        || turn.understood.intent == Some(Intent::Deny)
}

/// The wish to drop what is under way (not a complaint that was sent: those have numbers).
pub fn drop_it(turn: &Turn) -> bool {
    if let Some(choice) = turn.choice() {
        return choice == "batal";
    }
    let line = normalize::line(&turn.text);
    let short = line.split(' ').count() <= 7;
    turn.understood.entities.complaint_id.is_none()
        && (short && DROP.is_match(&line)
            || turn.understood.intent == Some(Intent::CancelComplaint) && turn.understood.confidence > 0.6)
}

/// Which part of a complaint the citizen names.
pub fn field(turn: &Turn) -> Option<Field> {
    if let Some(field) = turn.chosen("ubah") {
        return match field {
            "deskripsi" => Some(Field::Deskripsi),
            "kategori" => Some(Field::Kategori),
            "alamat" => Some(Field::Alamat),
            _ => None,
        };
    }
    let line = normalize::line(&turn.text);
    let has = |words: &[&str]| line.split(' ').any(|word| words.iter().any(|stem| word.starts_with(stem)));
    if line.split(' ').count() > 5 {
        None
    } else if has(&["alamat", "lokasi", "tempat", "address", "location"]) {
        Some(Field::Alamat)
    } else if has(&["kategori", "jenis", "category"]) {
        Some(Field::Kategori)
    } else if has(&["masalah", "deskripsi", "keterangan", "isi", "description", "problem"]) {
        Some(Field::Deskripsi)
    } else {
        None
    }
}

/// Whether the citizen does not know what was asked.
pub fn does_not_know(turn: &Turn) -> bool {
    let line = normalize::line(&turn.text);
    [
        "tidak tahu",
        "tidak hafal",
        "tidak hapal",
        "lupa",
        "kurang tahu",
        "kurang paham",
        "don t know",
        "dont know",
        "bingung",
    ]
    .iter()
    .any(|words| line.contains(words))
        && line.split(' ').count() <= 8
}
