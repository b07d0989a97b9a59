//! Names of people: after "nama saya" and its like, after "saya" and honorifics, and those that are known already.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a fixed pattern")
}

/// A name follows these, whatever its capitals.
static INTRODUCED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:nama\s+(?:saya|sy|aku|gue|gw|kulo|abdi|lengkap|pelapor|ibu|bapak|ayah|suami|istri|anak)(?:\s+saya)?(?:\s+(?:adalah|itu|yaitu))?",
        r"|nama(?:nya|ku)|atas\s+nama|a\.\s?n\.?|an\.|bernama|perkenalkan,?\s+(?:nama\s+)?saya|nm|nama\s*:|saya\s*:|pelapor\s*:",
        r"|my\s+name\s+is|my\s+name's|i\s+am\s+called|name\s*:)[\s:,=]*",
    ))
});

/// A name follows these when it looks like one.
static SELF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:dengan|sama)\s+saya|saya|sy|aku|this\s+is|i\s+am|i'm|im|kulo|abdi|salam,|hormat\s+(?:saya|kami),?|ttd,?|dari)[\s,:]+",
    )
});

static HONORIFIC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:bapak|bpk|bapa|pak|ibu|bu|sdr|sdri|saudara|saudari|tn|tuan|ny|nyonya|nona|mas|mbak|mba|bang|kang|teh|uda|uni|mr|mrs|ms|hj|ustadz?|kyai|pdt|romo)",
        r"\.?\s+(?:(?:haji|hajjah|h|hj|dr|drs|dra|ir|rt|rw|lurah|camat|kades|kadus|bupati|walikota|wali|gubernur|dukuh|ketua|kepala|mandor)\.?\s+){0,2}",
    ))
});

/// Words of a name, one after the other.
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\p{L}[\p{L}'’\-]*)(\.?)"));

/// How many words a name has at most.
const LONGEST: usize = 4;

/// Given names so common that they are names in small letters as well.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "abdul abdullah adi aditya adrian agung agus agustina ahmad ahmed aisyah ajeng akbar albert alex ali alif amalia amin \
     aminah ana anastasia andi andika andre andri anggi anggraini ani anisa anita anton antonius anwar ardi ari arif aris \
     arman asep astuti asri ayu azis bagus bambang bayu benny bobby budi budiman cahyo candra cecep chandra christian citra \
     dadang dani daniel darma darmawan dede dedi deni desi dewi dian diana dimas dina dini djoko dodi doni dwi dyah edi eka \
     eko elisa endah endang erna erni ernawati erwin evi fadli fahmi faisal fajar farhan farida fatimah febri ferdi ferry \
     fitri fitria fitriani galih gede gilang guntur gunawan hadi hakim halimah hamid hana handoko hani hari haris hartono \
     haryanto hasan hasanah hendra hendri hendro heni heri herman hermawan heru husein ida iis ika ilham imam iman indah \
     indra intan irfan irma iskandar ismail iwan jaka jamal joko jono juli julia juliana junaidi kadek kartika karyono \
     ketut komang kurnia kurniawan kusuma laila laras lastri leni lestari lia lilis lina linda lukman lusi made maman \
     maria mariam marlina maya mega melati melinda mira mirna muhammad muhamad muh mulyadi mulyono munir murni nadia nana \
     nani nanda nia nina ningsih nisa novi novita nuraini nurhayati nurul nuryanto nyoman oktavia parman paulus permana \
     prasetyo pratama purnomo putra putri putu rahayu rahma rahman rahmat rahmawati raka rani ratih ratna reza riana rian \
     ricky rika rina rini rio riski risky rizal rizki rizky robert rohman ros rosita rudi rudy rusdi ruslan saiful salim \
     samsul santi santoso sari sarah sarjono satria selamet septian setiawan setyo sigit silvia siska siti slamet sri \
     sudirman sugeng sugiarto sugiono suharto sukardi sukarno sulastri sulis sumarni sumiati sunarto suparman supri supriadi \
     supriyadi supriyanto surya suryadi suryani susanti susanto susi sutrisno suwarno suyanto syahrul syaiful tania tari tati \
     taufik taufiq teguh theresia tina titin tono tri triyono tuti udin ujang umar umi untung usman utami utomo vera vina \
     wahyu wahyuni wati wawan wayan widi widodo wiji wulan yadi yani yanti yanto yanuar yasin yati yoga yogi yohanes yosef \
     yudi yuli yuliana yulianti yulianto yuni yunita yusuf zaenal zahra zainal zainuddin zulkifli"
        .split_whitespace()
        .collect()
});

/// Words that are no names though they stand where one could.
static NEVER: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "saya sy aku kami kita mau ingin pengen hendak akan sudah sdh udah belum blm tidak tdk gak ga nggak bukan warga tinggal \
     rumah dari di ke dan yang yg atau untuk utk dengan dgn pada dalam oleh karena krn kalau kalo jika bila agar supaya bisa \
     dapat boleh harus perlu minta mohon tolong tlg mhn lapor laporkan melaporkan laporan melapor aduan mengadu mengadukan \
     keluhan komplain complain report tanya bertanya nanya menanyakan tahu tau cek punya ada selaku sebagai seorang salah \
     satu adalah ini itu sini situ sana lagi masih juga jg cuma hanya sangat sekali banget bgt terima kasih makasih selamat \
     pagi siang sore malam sendiri pribadi pernah sering biasa biasanya mewakili rasa kira pikir lihat liat dengar merasa \
     lurah camat bupati walikota wali gubernur kades kadus kepala ketua presiden menteri dinas kantor kelurahan kecamatan \
     desa kota kabupaten provinsi pemerintah pemkot pemda pemprov admin petugas operator bot guru dokter bidan perawat \
     polisi satpol satpam hansip tukang penjual pedagang sopir supir kurir rt rw dusun dukuh haji pak bu bapak ibu min mas \
     mbak kak bang terhormat yth semua sekalian semuanya hormat penduduk pelanggan orang anak istri suami ayah tetangga \
     keluarga mertua adik kakak teman nya ya yah dong nih sih kok deh iya ok oke halo hai assalamualaikum permisi maaf gimana \
     bagaimana kapan kenapa mengapa dimana mana siapa apa apakah berapa jalan jln jl lampu sampah banjir air pohon got \
     selokan listrik kabel parkir macet taman ktp kk bpjs nik hp wa telepon nomor no nomer alamat lokasi kirim cabut batal \
     batalkan membatalkan setuju yakin benar betul salah ubah ganti sampai sekarang kemarin tadi besok hari minggu bulan \
     tahun jam the a an and of to in at on is my your not here there want would need going from with writing calling sorry \
     very so just living resident still having reporting trying sick worried concerned tired angry happy also really asking \
     ogah rumahan hamil hamilnya kost kos depan belakang samping sebelah dekat seberang angkat sebut sebutkan rahasia \
     rahasiakan dirahasiakan dicantumkan jangan anonim samaran baik palsu sesuai berbeda bapa kandung aja saja pelapor korban \
     usaha toko jaya lengkap panggilan siapapun jalannya gang gg perum perumahan komplek blok kampung pasar sekolah sd smp \
     sma masjid gereja puskesmas rumahnya daerah wilayah jakarta bandung surabaya semarang medan bekasi bogor depok tangerang \
     indonesia jawa sumatra bali yogyakarta jogja solo malang makassar"
        .split_whitespace()
        .collect()
});

/// Every name.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut names = Vec::new();
    // Where every word has a capital, or every letter is one, a capital is no sign of a name.
    let capitals_speak = capitals_speak(text);
    for marker in INTRODUCED.find_iter(text) {
        names.extend(name(text, marker.end(), |_| true));
    }
    for marker in SELF.find_iter(text) {
        names.extend(name(text, marker.end(), |word| {
            common(word) || capitals_speak && marker_allows(marker.as_str()) && capital(word)
        }));
    }
    for marker in HONORIFIC.find_iter(text) {
        if !after_street(text, marker.start()) {
            names.extend(name(text, marker.end(), |word| common(word) || capitals_speak && capital(word)));
        }
    }
    names
}

/// "dari Bandung" is a place more often than a name.
fn marker_allows(marker: &str) -> bool {
    !marker.trim_start().to_lowercase().starts_with("dari")
}

/// The name that begins at `from`: its first word must be one, those after it look the same.
fn name(text: &str, from: usize, is_name: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let mut end = from;
    let mut at = from;
    let mut first_has_capital = false;
    for nth in 0..LONGEST {
        let Some(captures) = text.get(at..).and_then(|rest| WORD.captures(rest)) else { break };
        let (Some(word), Some(stop)) = (captures.get(1), captures.get(2)) else { break };
        let (word, stopped) = (word.as_str(), !stop.as_str().is_empty());
        let lower = word.to_lowercase();
        let initial = lower.chars().count() == 1;
        let ok = !NEVER.contains(lower.as_str())
            && if nth == 0 {
                (!initial || capital(word) && stopped) && is_name(word)
            } else {
                common(word) || first_has_capital && capital(word)
            };
        if !ok {
            break;
        }
        first_has_capital |= nth == 0 && capital(word);
        end = at + word.len();
        // "M. Yusuf" goes on, a full stop after a longer word ends the sentence.
        if stopped && lower.chars().count() > 3 {
            break;
        }
        at = end + usize::from(stopped);
        let gap = text[at..].len() - text[at..].trim_start_matches(' ').len();
        if gap == 0 {
            break;
        }
        at += gap;
    }
    (end > from).then_some(from..end)
}

fn capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

fn common(word: &str) -> bool {
    COMMON.contains(word.to_lowercase().as_str())
}

fn capitals_speak(text: &str) -> bool {
    let (mut words, mut capitals) = (0usize, 0usize);
    for word in text.split_whitespace().filter(|word| word.starts_with(char::is_alphabetic)) {
        words += 1;
        capitals += usize::from(capital(word));
    }
    capitals * 10 <= words * 7 || words <= 4
}

/// "Jl. H. Agus Salim", "gang pak kumis": a street, not a person.
fn after_street(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '.']).to_lowercase();
    ["jl", "jln", "jalan", "gg", "gang", "lorong", "rs", "rsud", "masjid", "warung", "toko", "sate", "soto", "bakso"]
        .iter()
        .any(|street| before.strip_suffix(street).is_some_and(|rest| !rest.ends_with(char::is_alphabetic)))
}

/// Where known names stand: whole, and each of their longer words alone.
pub fn known<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for name in known {
        let words: Vec<&str> = name.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        let escaped: Vec<String> = words.iter().map(|word| regex::escape(word)).collect();
        let mut alternatives = vec![escaped.join(r"\s+")];
        let personal = |word: &&&str| word.chars().count() >= 3 && !NEVER.contains(word.to_lowercase().as_str());
        alternatives.extend(words.iter().filter(personal).map(|word| regex::escape(word)));
        let Ok(pattern) = Regex::new(&format!(r"(?i)\b(?:{})\b", alternatives.join("|"))) else { continue };
        ranges.extend(pattern.find_iter(text).map(|found| found.range()).filter(|range| !range.is_empty()));
    }
    ranges
}

#[cfg(test)]
mod tests {
    use crate::personal::{self, Kind};

    fn names(text: &str) -> Vec<&str> {
        personal::find(text).into_iter().filter(|span| span.kind == Kind::Name).map(|span| &text[span.range]).collect()
    }

    #[test]
    fn names_are_found_where_people_say_them() {
        for (text, expected) in [
            ("nama saya siti nurhaliza, mau lapor", vec!["siti"]),
            ("Nama saya Siti Nurhaliza, mau lapor", vec!["Siti Nurhaliza"]),
            ("perkenalkan saya Bambang Pamungkas dari RT 3", vec!["Bambang Pamungkas"]),
            ("saya Dewi warga RT 02", vec!["Dewi"]),
            ("saya dewi warga rt 02", vec!["dewi"]),
            ("kata Pak Hendra dan Bu Tuti sudah selesai", vec!["Hendra", "Tuti"]),
            ("pak rt slamet tidak mau tanda tangan", vec!["slamet"]),
            ("atas nama Yohanes Kristianto", vec!["Yohanes Kristianto"]),
            ("my name is John Doe and I want to report", vec!["John Doe"]),
            ("Sdr. M. Yusuf mengancam warga", vec!["M. Yusuf"]),
            ("anak bernama Zelda hilang", vec!["Zelda"]),
        ] {
            let found = names(text);
            for name in expected {
                assert!(found.iter().any(|found| found.starts_with(name) || name.contains(found)), "{text}: {found:?}");
            }
        }
    }

    #[test]
    fn what_is_no_name_is_left_alone() {
        for text in [
            "saya mau lapor jalan rusak",
            "Saya Mau Lapor Jalan Rusak Di Depan Rumah",
            "SAYA MAU LAPOR PAK LURAH TOLONG",
            "pak lurah tolong",
            "Pak RT tidak mau tanda tangan",
            "Jl. H. Agus Salim banjir",
            "saya warga RT 3",
            "bu, lampu mati",
            "Bapak Walikota yang terhormat",
            "jangan sebut nama saya",
            "nama saya jangan disebutkan",
            "saya dari Bandung",
        ] {
            assert_eq!(names(text), Vec::<&str>::new(), "{text}");
        }
    }
}
