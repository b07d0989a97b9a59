//! What may be believed of a model's words: that which stands in the citizen's words or in the sources.
//!
//! Pure. [`Tokens::quote`] finds a claimed value in a text; [`unfounded`] looks for what an answer says and no source
//! does: numbers, dates, amounts, links, promises, the program's own rules. In doubt an answer is refused: the built-in
//! wording is always there.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::understanding::{self, Language};

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

fn set(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{L}+|\d+"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d{1,3}(?:[.,]\d{3})+\b|\d+"));
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:https?://|www\.)\S+|\b[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.(?:com|net|org|id|co|info|xyz|io|me|ly|link|site|online|gov|app)\b[^\s]*|\bwa\.me\S*|[^\s@]+@[^\s@]+\.[a-z]{2,}",
    )
});

/// Words of one meaning, for places.
fn folded(word: &str) -> String {
    let lower = word.to_lowercase();
    match lower.as_str() {
        "jl" | "jln" | "jalan" => "jl".to_owned(),
        "gg" | "gang" => "gg".to_owned(),
        "no" | "nomor" | "nomer" => "no".to_owned(),
        "kel" | "kelurahan" => "kel".to_owned(),
        "kec" | "kecamatan" => "kec".to_owned(),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => digits.trim_start_matches('0').to_owned(),
        _ => lower,
    }
}

/// A text as words with their places.
#[derive(Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    words: Vec<(String, Range<usize>)>,
}

/// Words that may stand between two words of a quotation.
const GAP: usize = 2;

impl<'a> Tokens<'a> {
    /// The words of a text.
    pub fn of(text: &'a str) -> Self {
        let words = WORD.find_iter(text).map(|found| (folded(found.as_str()), found.range())).collect();
        Self { text, words }
    }

    /// Where a claimed value stands in the text, in the text's own spelling. `None`: it does not.
    pub fn quote(&self, claim: &str) -> Option<&'a str> {
        let claimed: Vec<String> = WORD.find_iter(claim).map(|found| folded(found.as_str())).collect();
        let first = claimed.first()?;
        (0..self.words.len()).filter(|at| same(&self.words[*at].0, first)).find_map(|start| {
            let end = claimed[1..].iter().try_fold(start, |at, word| {
                (at + 1..=at + 1 + GAP).find(|next| self.words.get(*next).is_some_and(|(found, _)| same(found, word)))
            })?;
            self.text.get(self.words[start].1.start..self.words[end].1.end)
        })
    }
}

/// Equal, or one typing error apart in a word long enough for that. Numbers must be equal.
fn same(found: &str, claimed: &str) -> bool {
    let letters = |word: &str| word.chars().all(char::is_alphabetic);
    found == claimed
        || found.chars().count() >= 5
            && letters(found)
            && letters(claimed)
            && strsim::damerau_levenshtein(found, claimed) <= 1
}

/// Every number in a text, without separators of thousands and leading zeros.
pub fn numbers(text: &str) -> HashSet<String> {
    NUMBER.find_iter(text).map(|found| canonical(found.as_str())).collect()
}

fn canonical(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let plain = digits.trim_start_matches('0');
    if plain.is_empty() { "0".to_owned() } else { plain.to_owned() }
}

/// Numbers with what they count, such as ("14", "hari kerja") or ("rp", "50000").
fn counted(text: &str) -> HashSet<(String, String)> {
    static COUNTED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)(\d{1,3}(?:[.,]\d{3})+\b|\d+)\s*(%|(?:hari|jam|menit|minggu|bulan|tahun|ribu|rb|juta|jt|rupiah|persen|lembar|rangkap|kali|orang|meter|km|working\s+days?|days?|hours?|minutes?|weeks?|months?|years?|thousand|million|percent|copies|times)\b(?:\s+kerja\b)?)",
        )
    });
    static RUPIAH: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:rp|idr)\.?\s*(\d[\d.,]*\d|\d)"));
    let counts = COUNTED.captures_iter(text).map(|captures| {
        (canonical(&captures[1]), captures[2].to_lowercase().split_whitespace().collect::<Vec<_>>().join(" "))
    });
    let amounts = RUPIAH.captures_iter(text).map(|captures| ("rp".to_owned(), canonical(&captures[1])));
    counts.chain(amounts).collect()
}

/// A model may say these only after a source.
static PRECISE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    set(
        "dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas belas puluh seratus ratus ratusan ribu seribu ribuan juta jutaan miliar \
         two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred thousand million \
         januari februari maret april mei juni juli agustus september oktober november desember january february march may june july august october december \
         senin selasa rabu kamis jumat sabtu minggu monday tuesday wednesday thursday friday saturday sunday \
         gratis cuma-cuma free biaya bayar membayar berbayar dibayar pembayaran fee cost pay payment transfer rekening tunai denda pungutan dana deposit \
         tiket ticket pin otp password sandi hadiah bonus promo undian diskon refund \
         dijamin jaminan guarantee pasti selalu segera hari-ini besok lusa tomorrow today selesai sudah dibuat dibatalkan disetujui diproses ditolak \
         lap polisi pengadilan penjara",
    )
});

static NOT: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    set("tidak bukan jangan tanpa belum tak dilarang kecuali not no never without don't cannot except")
});

/// Words that carry nothing of their own.
static FILLING: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    set(
        "yang untuk dengan dari pada dalam atau adalah akan dapat bisa juga serta oleh karena jika bila kalau agar supaya sebagai secara anda bapak ibu \
         silakan mohon maaf terima kasih berikut yaitu seperti saat ketika setelah sebelum maka tersebut kami saya kita mereka perlu harus lalu kemudian \
         ada oleh tentang bagi antara lain hal cara menurut berdasarkan informasi dokumen kantor halo selamat please your with from that this which must \
         should would there their have what when where then also into about office according ialah ingin membantu bantu warga semoga senang salam siapkan bawa membawa caranya jawaban pertanyaan",
    )
});

/// Why an answer can't be believed; `None`: everything that it says stands in the sources.
pub fn unfounded(answer: &str, sources: &str, rules: &str, english: bool) -> Option<&'static str> {
    let said = answer.to_lowercase();
    let known = sources.to_lowercase();
    let length = answer.chars().count();
    if !(8..=1_200).contains(&length) || answer.split_whitespace().count() < 2 {
        return Some("length");
    }
    if said.contains(['{', '}', '<', '>', '`']) && !known.contains(['{', '<', '`']) {
        return Some("markup");
    }
    let numbers_known = numbers(sources);
    if numbers(answer).iter().any(|number| !numbers_known.contains(number)) {
        return Some("number");
    }
    let counted_known = counted(sources);
    if counted(answer).iter().any(|pair| !counted_known.contains(pair)) {
        return Some("amount");
    }
    if LINK.find_iter(&said).any(|link| !known.contains(link.as_str().trim_end_matches(['.', ',', ')', ';', '!', '?'])))
    {
        return Some("link");
    }
    let words = words(&said);
    let words_known = self::words(&known);
    let in_sources: HashSet<&str> = words_known.iter().copied().collect();
    if words.iter().any(|word| PRECISE.contains(word) && !in_sources.contains(word)) {
        return Some("precise word");
    }
    if contradicts(&words, &words_known) {
        return Some("negation");
    }
    if shares_a_phrase(&words, &self::words(&rules.to_lowercase()), &words_known) {
        return Some("rules");
    }
    if understanding::language(answer) == Language::English && !english {
        return Some("language");
    }
    let sentences = said.split(['.', '!', '?', ';', '\n', ':']).map(self::words);
    (!sentences.into_iter().all(|sentence| grounded(&sentence, &words_known))).then_some("other words")
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| !word.is_empty()).collect()
}

/// Negations of what costs and of what is needed must be the sources' own.
fn contradicts(said: &[&str], known: &[&str]) -> bool {
    let negates = |words: &[&str]| words.iter().any(|word| NOT.contains(word));
    if negates(said) && !negates(known) {
        return true;
    }
    let matters = [
        "biaya", "bayar", "dibayar", "membayar", "dipungut", "gratis", "perlu", "wajib", "harus", "boleh", "dapat",
        "fee", "pay",
    ];
    let readings = |words: &[&str], key: &str| -> HashSet<bool> {
        let places = words.iter().enumerate().filter(|(_, word)| **word == key);
        places.map(|(at, _)| words[at.saturating_sub(3)..at].iter().any(|word| NOT.contains(word))).collect()
    };
    matters.iter().any(|key| {
        let known = readings(known, key);
        !known.is_empty() && !readings(said, key).is_subset(&known)
    })
}

/// Six words in a row from the program's rules that are in no source.
fn shares_a_phrase(said: &[&str], rules: &[&str], known: &[&str]) -> bool {
    const LONG: usize = 6;
    let phrases = |words: &[&str]| -> HashSet<String> { words.windows(LONG).map(|phrase| phrase.join(" ")).collect() };
    let (rules, known) = (phrases(rules), phrases(known));
    phrases(said).iter().any(|phrase| rules.contains(phrase) && !known.contains(phrase))
}

/// Of one sentence's words that carry something, most stand in the sources, at least by their beginning.
fn grounded(said: &[&str], known: &[&str]) -> bool {
    let stem = |word: &str| word.chars().take(5).collect::<String>();
    let stems: HashSet<String> = known.iter().map(|word| stem(word)).collect();
    let carrying: Vec<&&str> =
        said.iter().filter(|word| word.chars().count() >= 4 && !FILLING.contains(**word)).collect();
    let found = carrying.iter().filter(|word| stems.contains(&stem(word))).count();
    found * 10 >= carrying.len() * 7
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCES: &str = "Pembuatan KTP elektronik tidak dipungut biaya. Syarat: fotokopi Kartu Keluarga dan surat pengantar RT. \
                           KTP selesai dalam 14 hari kerja. Loket buka Senin sampai Jumat pukul 08.00-15.00. Legalisir Rp 5.000 per lembar.";

    fn checked(answer: &str) -> Option<&'static str> {
        unfounded(answer, SOURCES, "Kamu menjawab pertanyaan warga hanya dari sumber yang diberikan di sini.", false)
    }

    #[test]
    fn what_the_sources_say_is_believed() {
        for answer in [
            "Pembuatan KTP elektronik tidak dipungut biaya. Siapkan fotokopi Kartu Keluarga dan surat pengantar RT, ya.",
            "KTP selesai dalam 14 hari kerja.",
            "Loket buka Senin sampai Jumat pukul 08:00 sampai 15:00.",
            "Legalisir Rp5.000 per lembar.",
        ] {
            assert_eq!(checked(answer), None, "{answer}");
        }
    }

    #[test]
    fn what_no_source_says_is_refused() {
        for (answer, why) in [
            ("KTP selesai dalam 3 hari kerja.", "number"),
            ("KTP selesai dalam 14 hari.", "amount"),
            ("Pembuatan KTP Rp 14.", "amount"),
            ("KTP selesai dalam tiga hari kerja.", "precise word"),
            ("Pembuatan KTP elektronik dipungut biaya.", "negation"),
            ("Syarat KTP di http://ktp-cepat.xyz ya", "link"),
            ("Laporan LAP-20261120-001 untuk pembuatan KTP.", "number"),
            ("Silakan transfer dulu untuk pembuatan KTP.", "precise word"),
            ("Loket buka hari Sabtu untuk KTP.", "precise word"),
            ("Kamu menjawab pertanyaan warga hanya dari sumber yang diberikan", "rules"),
            ("Resep nasi goreng: tumis bawang, masukkan telur, kecap, garam.", "other words"),
            ("ok", "length"),
            ("{\"KTP\": \"Kartu Keluarga\"}", "markup"),
        ] {
            assert_eq!(checked(answer), Some(why), "{answer}");
        }
    }

    #[test]
    fn a_claim_is_quoted_in_the_citizens_spelling_or_not_at_all() {
        let tokens = Tokens::of("lampu mati di jln melatii raya no 5, depan masjid");
        assert_eq!(tokens.quote("Jalan Melati Raya No. 5"), Some("jln melatii raya no 5"));
        assert_eq!(tokens.quote("depan masjid"), Some("depan masjid"));
        for invented in ["Jalan Melati Raya No. 6", "Istana Negara", "", "masjid lampu"] {
            assert_eq!(tokens.quote(invented), None, "{invented}");
        }
    }
}
