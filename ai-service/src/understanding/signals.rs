//! What a text gives away beside its intent: danger, the wish to stay unnamed, its language.

use std::sync::LazyLock;

use regex::Regex;

use super::{Language, normalize};

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is fixed and tested")
}

/// Words for a danger that is there now: fire, live wires, casualties.
static DANGER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(kebakaran|kebakar|terbakar|api (besar|membesar|menjalar|menyala)|ada api|korsleting|konslet|percikan api",
        r"|kesetrum|kesetrom|kestrum|nyetrum|tersengat listrik|setrum",
        r"|kabel (listrik |pln )?(yang )?(putus|jatuh|terkelupas|menyala|terbakar)|kabel .{0,25}(bertegangan|percik\w*)",
        r"|ada korban|korban jiwa|korban luka|meninggal|tewas|luka parah|terluka|berdarah|tak sadar|tidak sadar|pingsan",
        r"|tertimpa|tertimbun|terjebak|hanyut|tenggelam|ledakan|meledak|gas bocor|bocor gas|kebocoran gas|ada kecelakaan|terjadi kecelakaan",
        r"|tanah longsor|bangunan roboh|bunuh diri",
        r"|(is|are|house|building|there s a|there is a) (a )?(on )?fire|live wires?|electrocuted|people (are )?(hurt|injured|trapped)|injured|drowning|gas leak|explosion)\b",
    ))
});

/// Words before a danger that make it a worry, a habit or the past.
static NOT_NOW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(takut|jangan sampai|sebelum|rawan|bisa|khawatir|kuatir|was was|potensi|berpotensi|sering|pernah|kalau|mencegah|agar|biar",
        r"|supaya|belum ada|tidak ada|pemadam|bahaya|membahayakan|resiko|risiko|nanti|hampir|nyaris|dikhawatirkan|akibat|bekas|dulu|tahun lalu",
        r"|syarat|surat|akta|cara|could|might|afraid|before|demam|santunan|bantuan)( \w+){0,4}$",
    ))
});

/// Words after one that do the same.
static PAST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^( \w+){0,3} (dulu|tahun lalu|bulan lalu|minggu lalu|sampah|berdarah|kalau|nanti)\b"));

static ANONYMOUS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(anonim|tanpa nama|jangan (sebut|sebutkan|cantumkan|tulis) nama|nama (saya )?(jangan|tidak usah) (di)?sebut\w*|anonymous(ly)?)\b",
    )
});

static CONFIDENTIAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b((tolong|mohon|minta|harap|agar|supaya) (\w+ ){0,3}(di)?rahasia(kan)?|laporan (ini )?rahasia|bersifat rahasia|confidential)\b",
    )
});

/// Whether the text speaks of a danger that is there now.
pub fn danger(text: &str) -> bool {
    let line = normalize::line(text);
    DANGER
        .find_iter(&line)
        .any(|found| !NOT_NOW.is_match(line[..found.start()].trim_end()) && !PAST.is_match(&line[found.end()..]))
}

/// Whether the citizen wants to stay unnamed.
pub fn anonymous(text: &str) -> bool {
    ANONYMOUS.is_match(&normalize::line(text))
}

/// Whether the citizen wants the complaint kept from the public.
pub fn confidential(text: &str) -> bool {
    CONFIDENTIAL.is_match(&normalize::line(text))
}

const ENGLISH: &[&str] = &[
    "the", "is", "are", "my", "to", "of", "and", "want", "please", "hello", "what", "how", "where", "can", "i", "you",
    "report", "street", "road", "light", "there", "near", "yes", "thanks", "thank", "with", "someone", "good",
    "morning", "from", "has", "have", "not", "been", "it", "this", "in", "on", "do", "check", "talk", "broken", "help",
    "cancel", "a", "an", "hi", "water", "for",
];

const INDONESIAN: &[&str] = &[
    "saya",
    "yang",
    "di",
    "dan",
    "mau",
    "jalan",
    "sudah",
    "belum",
    "tidak",
    "lapor",
    "laporan",
    "pak",
    "bu",
    "tolong",
    "mohon",
    "ada",
    "ini",
    "itu",
    "selamat",
    "terima",
    "kasih",
    "bagaimana",
    "apa",
    "iya",
    "ya",
    "dengan",
    "lampu",
    "banyak",
    "rusak",
    "untuk",
    "dari",
    "ke",
    "pagi",
    "siang",
    "sore",
    "malam",
    "halo",
    "min",
    "warga",
    "rumah",
    "batal",
    "betul",
    "benar",
    "kirim",
    "status",
    "petugas",
    "bisa",
    "kapan",
    "sampah",
    "banjir",
    "air",
    "pohon",
    "dekat",
    "depan",
];

/// The language of a text, as far as its commonest words tell.
pub fn language(text: &str) -> Language {
    let tokens = normalize::tokens(text);
    let count = |list: &[&str]| tokens.iter().filter(|token| list.contains(&token.as_str())).count();
    match (count(ENGLISH), count(INDONESIAN)) {
        (english, indonesian) if english > indonesian && (english >= 2 || tokens.len() <= 3) => Language::English,
        (_, 0) => Language::Unclear,
        _ => Language::Indonesian,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danger_that_is_there_now_is_told_from_worry() {
        for text in [
            "tolong ada kebakaran di pasar!!",
            "kabel listrik putus di jalan, anak saya kesetrum",
            "pohon tumbang pak ada korban",
            "rumah tetangga terbakar",
            "there is a fire in my building",
            "bau gas bocor menyengat",
        ] {
            assert!(danger(text), "{text}");
        }
        for text in [
            "sudah banyak motor jatuh",
            "takut ada korban",
            "jangan sampai ada korban baru diperbaiki",
            "jalan rusak rawan kecelakaan",
            "nomor pemadam kebakaran berapa",
            "syarat akta kematian orang meninggal",
            "asap pembakaran sampah",
            "kabel wifi menjuntai",
        ] {
            assert!(!danger(text), "{text}");
        }
    }

    #[test]
    fn english_is_recognised_and_a_short_word_tells_nothing() {
        assert_eq!(language("hello, the street light is broken"), Language::English);
        assert_eq!(language("thank you"), Language::English);
        assert_eq!(language("mau lapor jalan rusak"), Language::Indonesian);
        assert_eq!(language("ok"), Language::Unclear);
        assert_eq!(language("Jl. Melati No. 5"), Language::Indonesian);
    }

    #[test]
    fn the_wish_to_stay_unnamed_is_heard() {
        assert!(anonymous("tolong jangan sebutkan nama saya"));
        assert!(anonymous("laporan anonim ya"));
        assert!(confidential("mohon laporan saya dirahasiakan"));
        assert!(!confidential("apakah data saya aman"));
    }
}
