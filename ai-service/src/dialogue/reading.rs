//! Short answers, read by rule: yes, no, drop it, change it. The model's opinion counts where the rule is silent.

use std::sync::LazyLock;

use contracts::intent::Intent;
use regex::Regex;

use super::{Draft, Field, Turn};
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
    if turn.thumb_up() {
        return true;
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
pub fn field(turn: &Turn, draft: &Draft) -> Option<Field> {
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
        // A question of the category's own, by a word of it: "tinggi airnya salah".
        let named = |word: &str| word.chars().count() >= 4 && line.split(' ').any(|said| said.starts_with(word));
        let asks = draft.asks.iter().filter(|ask| draft.fields.contains_key(&ask.field));
        asks.filter(|ask| normalize::tokens(&ask.question.to_lowercase()).iter().any(|word| named(word)))
            .map(|ask| Field::Extra(ask.field.clone()))
            .next()
    }
}

static SETTLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b((tadi|barusan|kemarin) .{0,20}(sudah |sama |dengan )?(petugas|admin|operator|pegawai|orangnya)|sudah (di(bantu|jawab|urus|tangani|bereskan|catat|laporkan)|beres|selesai|clear|sama|dengan) ?(\w+ )?(petugas|admin|operator|pegawai|beliau|bapaknya|ibunya|mas\w*|mbak\w*)|(petugas|admin) .{0,12}sudah (bantu|dibantu|jawab|urus|catat|beres)\w*)\b",
    )
});

/// The citizen says that a person has settled it already.
pub fn settled(turn: &Turn) -> bool {
    if turn.choice().is_some() {
        return false;
    }
    let line = normalize::line(&turn.text);
    line.split(' ').count() <= 12 && SETTLED.is_match(&line)
}

static AGAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(((laporan|aduan|keluhan|pengaduan) (saya|kami|aku) .*|yang (kemarin|dulu|lalu|tadi|saya lapor\w*|sudah (di)?lapor\w*) .*)(belum|masih|kok|kenapa|lagi|tidak)",
        r"|(belum|masih belum|tidak) (juga |ada |pernah )?(di)?(perbaiki|tindak\w*|tangani|angkut|bersihkan|tuntas|beres|respon\w*|datang)",
        r"|(rusak|mati|bocor|banjir|mampet|numpuk|menumpuk) lagi( \w+){0,2}$|masih (rusak|mati|bocor|banjir|mampet|menumpuk|numpuk|sama)( \w+){0,2}$",
        r"|still (not|broken)|not (been )?(fixed|repaired)|broken again)\b",
    ))
});

/// The citizen speaks of something that they reported before and are not content with.
pub fn still_broken(turn: &Turn) -> bool {
    turn.choice().is_none() && AGAIN.is_match(&normalize::line(&turn.text))
}

static ADD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^\s*(?:(?:halo|pak|bu|min|maaf|permisi|saya|sy|aku|mau|ingin|pengen|tolong|mohon|bisa|boleh)[\s,]+)*",
        r"(?:tambah(?:kan|an|in)?|nambah(?:in)?|menambah(?:kan)?|update|ralat|revisi|melengkapi|lengkapi|susulan|add|i want to add)\b",
        r"(?:\s+(?:info(?:rmasi)?|keterangan|ket|data|foto(?:nya)?|bukti|catatan|some|information|details?|to|my|report)\b)*",
        r"(?:\s+(?:untuk|utk|ke|pada|di|buat|laporan|saya|nya|dong|ya|kemarin|tadi|yang|tersebut)\b)*[\s,.:;-]*",
    ))
});

/// The wish to add something to a complaint: what is left when the wish itself is taken away.
pub fn addition(text: &str) -> Option<String> {
    let found = ADD.find(text)?;
    Some(text[found.end()..].trim().to_owned())
}

/// Words that stand for nothing but an answer: hello, thanks, yes, no.
pub fn chatter(turn: &Turn) -> bool {
    matches!(turn.understood.intent, Some(Intent::Confirm | Intent::Deny | Intent::Greeting | Intent::Thanks))
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
