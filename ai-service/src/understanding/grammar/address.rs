//! Streets, alleys, housing estates and hamlets with their house numbers; landmarks; areas that are only named.

use std::ops::Range;

use super::words::{Word, covered, ends_name};

/// A name follows these, whatever it looks like.
const MARKERS: &[&str] = &[
    "jl",
    "jln",
    "jlan",
    "jalan",
    "gg",
    "gang",
    "lorong",
    "perum",
    "perumahan",
    "perumnas",
    "komplek",
    "kompleks",
    "komp",
    "cluster",
    "dusun",
    "dsn",
    "dukuh",
    "kampung",
    "kampoeng",
    "kp",
    "kmp",
    "blok",
    "street",
];

/// These alone name no street.
const GENERIC: &[&str] = &[
    "raya",
    "utama",
    "poros",
    "lingkar",
    "umum",
    "tol",
    "kampung",
    "desa",
    "kecil",
    "besar",
    "buntu",
    "baru",
    "lama",
    "lingkungan",
    "perumahan",
    "komplek",
    "pemukiman",
    "setapak",
    "layang",
    "nasional",
    "provinsi",
    "kabupaten",
    "penghubung",
    "protokol",
    "sini",
    "situ",
    "sana",
    "tengah",
    "masuk",
    "keluar",
    "pintas",
    "tikus",
    "cor",
    "beton",
    "paving",
    "tanah",
    "rumah",
    "kaki",
    "terus",
    "melulu",
    "mulus",
    "jelek",
    "hancurnya",
    "nya",
    "ambrol",
    "anak",
    "istri",
    "suami",
    "tetangga",
    "orang",
    "motor",
    "mobil",
    "sepeda",
    "kendaraan",
    "truk",
    "dicor",
    "diaspal",
];

/// These belong to a name in small letters too.
const GOES_ON: &[&str] = &[
    "raya", "timur", "barat", "utara", "selatan", "tengah", "dalam", "luar", "baru", "lama", "kulon", "wetan", "lor",
    "kidul", "kaler", "hilir", "hulu", "atas", "bawah", "kecil", "besar", "indah", "permai", "asri", "lestari", "sari",
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "bin", "no", "blok", "kav", "km", "pahlawan",
];

/// Before `jalan` these make it a place even in small letters.
const BEFORE_A_PLACE: &[&str] =
    &["di", "sepanjang", "ruas", "alamat", "alamatnya", "lokasi", "lokasinya", "tepatnya", "jl", "dijalan", "d"];

/// What may follow a name and belongs to it: house numbers, blocks, kilometres.
const NUMBERED: &[&str] = &["no", "nomor", "nmr", "nomer", "blok", "kav", "kavling", "km", "lt", "unit"];

const LANDMARKS: &[&str] = &[
    "depan",
    "dpn",
    "sebelah",
    "sblh",
    "samping",
    "belakang",
    "blkg",
    "dekat",
    "dkt",
    "deket",
    "seberang",
    "sebrang",
    "pertigaan",
    "perempatan",
    "prapatan",
    "simpang",
    "tikungan",
    "near",
    "behind",
    "opposite",
    "ngarep",
    "ngarepe",
    "mburi",
    "mburine",
    "cedhak",
    "cedak",
    "sandinge",
    "hareupeun",
    "payuneun",
    "gigireun",
    "tukangeun",
    "deukeut",
    "caket",
    "dakek",
    "seberangnya",
    "across",
    "beside",
];

const AREA: &[&str] = &["di", "daerah", "kawasan", "wilayah", "sekitaran", "seputaran", "in", "at"];
const SURE_AREA: &[&str] = &["daerah", "kawasan", "wilayah", "sekitaran", "seputaran"];

/// Every street (or estate, hamlet, block) with its number, in the text's order.
pub fn streets(text: &str, words: &[Word], cuts: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut streets: Vec<Range<usize>> = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let end = street(text, words, i, cuts);
        if let Some(end) = end {
            streets.push(words[i].span.start..words[end].span.end);
            i = end;
        }
        i += 1;
    }
    streets
}

/// The index of the last word of the street that begins at `i`.
fn street(text: &str, words: &[Word], i: usize, cuts: &[Range<usize>]) -> Option<usize> {
    let marker = words.get(i)?;
    if covered(marker, cuts) || !MARKERS.contains(&marker.lower.as_str()) {
        return None;
    }
    let numbers_suffice = matches!(marker.lower.as_str(), "gg" | "gang" | "blok" | "lorong");
    if matches!(marker.lower.as_str(), "jalan" | "street" | "kampung" | "gang" | "komplek" | "perumahan") {
        let next = words.get(i + 1)?;
        let before = i.checked_sub(1).and_then(|i| words.get(i));
        let after_place_word = before.is_some_and(|word| BEFORE_A_PLACE.contains(&word.lower.as_str()));
        // "LAMPU JALAN MATI": in a text of capitals, a capital says nothing.
        let shouting = !text.chars().any(char::is_lowercase);
        if !(after_place_word || (next.capital && !shouting) || (numbers_suffice && next.digits)) {
            return None;
        }
    }
    let mut end = i;
    let mut named = false;
    let capitals = words.get(i + 1).is_some_and(|word| word.capital) && text.chars().any(char::is_lowercase);
    let most = if capitals { 5 } else { 4 };
    for (nth, word) in words[i + 1..].iter().take(most).enumerate() {
        if word.pause || covered(word, cuts) || ends_name(word) || (nth > 0 && MARKERS.contains(&word.lower.as_str())) {
            break;
        }
        // "Jalan Condrokusumo berhenti mengalir": a name that begins with a capital goes on with capitals.
        if nth > 0 && capitals && !word.capital && !word.digits && !GOES_ON.contains(&word.lower.as_str()) {
            // "Jl. Ahmad yani no. 932": one more word, when the name surely ends after it.
            let after = words.get(i + 2 + nth);
            let ends = after.is_none_or(|next| next.pause || next.digits || ends_name(next));
            if !(nth == 1 && ends && !is_verb(&word.lower)) {
                break;
            }
        }
        if word.digits {
            // "Jl. Mawar 3", "Gg. 4"; in "jl mawar 2 minggu" the number counts something.
            let counts = words.get(i + 2 + nth).is_some_and(|next| COUNTED.contains(&next.lower.as_str()));
            if (named || numbers_suffice) && !counts && word.span.len() <= 4 {
                named = true;
                end = i + 1 + nth;
            }
            break;
        }
        named |= !GENERIC.contains(&word.lower.as_str())
            || nth > 0 && word.capital
            || marker.lower.starts_with('k') && word.lower == "baru";
        end = i + 1 + nth;
        if marker.lower == "blok" {
            break;
        }
    }
    named.then(|| numbered(words, end, cuts))
}

/// A word with a verb's beginning: no part of a name that is written with capitals.
fn is_verb(word: &str) -> bool {
    word.len() >= 6 && ["me", "ber", "ter", "di"].iter().any(|beginning| word.starts_with(beginning))
}

/// What follows a number when it counts something.
const COUNTED: &[&str] = &[
    "minggu", "mgg", "hari", "hr", "bulan", "bln", "tahun", "thn", "kali", "jam", "x", "meter", "m", "orang", "pohon",
    "titik", "lubang", "buah", "unit", "rumah", "motor",
];

/// Goes on over house number, block and the like.
fn numbered(words: &[Word], mut end: usize, cuts: &[Range<usize>]) -> usize {
    while let (Some(kind), Some(number)) = (words.get(end + 1), words.get(end + 2)) {
        let is_number = number.digits
            || number.lower.len() <= 4 && number.lower.ends_with(|c: char| c.is_ascii_digit())
            || kind.lower == "blok" && number.lower.len() == 1;
        if !NUMBERED.contains(&kind.lower.as_str()) || !is_number || covered(kind, cuts) || covered(number, cuts) {
            break;
        }
        end += 2;
    }
    end
}

/// Before `depan` these make it a time or a part of something, not a place.
const NO_LANDMARK: &[&str] = &[
    "minggu", "mgg", "bulan", "bln", "tahun", "thn", "hari", "ke", "masa", "pintu", "kaca", "ban", "roda", "kursi",
    "pekan",
];

/// The first landmark: what stands beside the place.
pub fn landmark(text: &str, words: &[Word], cuts: &[Range<usize>]) -> Option<Range<usize>> {
    words.iter().enumerate().find_map(|(i, marker)| {
        // "didepan" is "di depan" in one word.
        let glued = marker.lower.strip_prefix("di").is_some_and(|word| LANDMARKS.contains(&word));
        let is_marker = glued || LANDMARKS.contains(&marker.lower.as_str());
        let before = i.checked_sub(1).and_then(|i| words.get(i));
        let another = before.is_some_and(|word| !marker.pause && NO_LANDMARK.contains(&word.lower.as_str()));
        if covered(marker, cuts) || !is_marker || another {
            return None;
        }
        let capitals = words.get(i + 1).is_some_and(|word| word.capital) && text.chars().any(char::is_lowercase);
        let is_part = |(nth, word): (usize, &Word)| {
            let name =
                !(word.pause || covered(word, cuts) || ends_name(word) || MARKERS.contains(&word.lower.as_str()));
            // Names that begin with a capital go on with capitals; a common noun may have a name ("sd negeri 3").
            name && (nth == 0 || !capitals || word.capital || word.digits || GOES_ON.contains(&word.lower.as_str()))
                && (nth == 0 || !is_verb(&word.lower))
        };
        let most = if capitals { 5 } else { 4 };
        let length = words[i + 1..].iter().take(most).enumerate().take_while(|pair| is_part(*pair)).count();
        let mut end = i + length;
        let owner = words.get(end + 1).filter(|word| !word.pause);
        let home = |word: &Word| {
            word.lower.starts_with("rumah") || matches!(word.lower.as_str(), "rmh" | "omah" | "gang" | "toko")
        };
        if length > 0
            && home(&words[end])
            && owner
                .is_some_and(|w| matches!(w.lower.as_str(), "saya" | "sy" | "kami" | "warga" | "aku" | "pak" | "bu"))
        {
            end += 1;
            // "depan rumah pak Karno"
            let named = matches!(words[end].lower.as_str(), "pak" | "bu");
            end += usize::from(named && words.get(end + 1).is_some_and(|word| !word.pause && !ends_name(word)));
        }
        let start = if glued { marker.span.start + 2 } else { marker.span.start };
        (length > 0).then(|| start..words[end].span.end)
    })
}

/// `di Kaligawe`, `daerah pasar minggu`: the name alone.
pub fn named_area(words: &[Word], cuts: &[Range<usize>], landmarks: &[Range<usize>]) -> Option<Range<usize>> {
    // Where every word has a capital, a capital is no sign of a name.
    let capitals = words.iter().filter(|word| word.capital).count() * 10 < words.len() * 6;
    words.iter().enumerate().find_map(|(i, marker)| {
        if covered(marker, cuts) || !AREA.contains(&marker.lower.as_str()) {
            return None;
        }
        let sure = SURE_AREA.contains(&marker.lower.as_str());
        let is_part = |word: &Word| {
            let free = !(word.pause || word.digits || covered(word, cuts) || covered(word, landmarks));
            let name =
                (sure || capitals && word.capital) && !ends_name(word) && !GENERIC.contains(&word.lower.as_str());
            free && name && !AREA.contains(&word.lower.as_str()) && !MARKERS.contains(&word.lower.as_str())
        };
        let most = if sure && words.get(i + 1).is_some_and(|word| !word.capital) { 2 } else { 4 };
        let length = words[i + 1..].iter().take(most).take_while(|word| is_part(word)).count();
        (length > 0).then(|| words[i + 1].span.start..words[i + length].span.end)
    })
}
