//! What can be read from a text by rule: places, complaint numbers, and the words that describe the problem.
//!
//! Called by the built-in provider for every text, and by the model's features, which leave places out. What must stay
//! true: it is pure and never panics; values keep the citizen's own spelling, except that RT and RW have at least two
//! digits and kelurahan and kecamatan begin with capitals, so that they can be grouped.

mod address;
mod area;
mod description;
mod number;
mod rtrw;
mod when;
mod words;

use std::ops::Range;

use contracts::ComplaintNumber;
use contracts::dto::ai::Entities;

pub use number::complaint_number;
pub use when::{When, when};

/// A word as it stands in a text.
#[derive(Debug, Clone)]
pub struct PlainWord {
    pub lower: String,
    pub capital: bool,
    pub digits: bool,
    /// A comma, a full stop or the like stands before it.
    pub pause: bool,
    /// No name goes on with it: grammar, time, what is wrong with a place.
    pub ends_name: bool,
}

/// A text's words.
pub fn plain_words(text: &str) -> Vec<PlainWord> {
    let plain = |word: words::Word| PlainWord {
        ends_name: words::ends_name(&word),
        capital: word.capital,
        digits: word.digits,
        pause: word.pause,
        lower: word.lower,
    };
    words::split(text).into_iter().map(plain).collect()
}

/// What was found in one text, and where.
#[derive(Debug, Clone, Default)]
pub struct Found {
    text: String,
    /// Where places and numbers stand: cut out of descriptions.
    cuts: Vec<Range<usize>>,
    /// Where landmarks stand: kept in descriptions, left out of the model's sight.
    landmarks: Vec<Range<usize>>,
    pub alamat: Option<String>,
    pub rt: Option<String>,
    pub rw: Option<String>,
    pub kelurahan: Option<String>,
    pub kecamatan: Option<String>,
    pub patokan: Option<String>,
    pub complaint: Option<ComplaintNumber>,
}

/// Reads a text.
pub fn read(text: &str) -> Found {
    let mut found = Found { text: text.to_owned(), ..Found::default() };
    if let Some((number, span)) = number::find(text) {
        found.complaint = Some(number);
        found.cuts.push(span);
    }
    let (pair, spans) = rtrw::find(text);
    (found.rt, found.rw) = pair;
    found.cuts.extend(spans);

    let words = words::split(text);
    let areas = area::find(text, &words, &found.cuts);
    for area in areas {
        let slot = if area.is_district { &mut found.kecamatan } else { &mut found.kelurahan };
        slot.get_or_insert(area.name);
        found.cuts.push(area.span);
    }
    let streets = address::streets(text, &words, &found.cuts);
    if !streets.is_empty() {
        found.alamat = Some(streets.iter().map(|span| text[span.clone()].trim()).collect::<Vec<_>>().join(", "));
        found.cuts.extend(streets);
    }
    if let Some(span) = address::landmark(text, &words, &found.cuts) {
        found.patokan = Some(text[span.clone()].to_owned());
        found.landmarks.push(span);
    }
    if found.alamat.is_none()
        && let Some(span) = address::named_area(&words, &found.cuts, &found.landmarks)
    {
        found.alamat = Some(text[span.clone()].to_owned());
        found.landmarks.push(span);
    }
    found
}

impl Found {
    /// Whether any place was found.
    pub fn has_place(&self) -> bool {
        [&self.alamat, &self.rt, &self.rw, &self.kelurahan, &self.kecamatan, &self.patokan].iter().any(|v| v.is_some())
    }

    /// The text without the words that name places and numbers.
    pub fn without_places(&self) -> String {
        words::cut(&self.text, self.cuts.iter().chain(&self.landmarks))
    }

    /// The words that describe the problem, or `None` if too few are left. `known` is whether their category is clear.
    pub fn description(&self, known: bool) -> Option<String> {
        description::of(&self.text, &self.cuts, known)
    }

    /// What was found, as the wire names it.
    pub fn entities(&self) -> Entities {
        Entities {
            alamat: self.alamat.clone(),
            rt: self.rt.clone(),
            rw: self.rw.clone(),
            kelurahan: self.kelurahan.clone(),
            kecamatan: self.kecamatan.clone(),
            patokan: self.patokan.clone(),
            complaint_id: self.complaint,
            ..Entities::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_address_of_a_whole_complaint_is_read() {
        let found = read(
            "Selamat pagi, saya mau lapor jalan berlubang di Jl. Melati No. 15 RT 02 RW 05 Kelurahan Sukamaju, sudah \
             banyak motor jatuh",
        );
        assert_eq!(found.alamat.as_deref(), Some("Jl. Melati No. 15"));
        assert_eq!((found.rt.as_deref(), found.rw.as_deref()), (Some("02"), Some("05")));
        assert_eq!(found.kelurahan.as_deref(), Some("Sukamaju"));
        assert_eq!(found.description(true).as_deref(), Some("jalan berlubang, sudah banyak motor jatuh"));
    }

    #[test]
    fn streets_are_read_as_people_write_them() {
        for (text, alamat) in [
            ("lubang besar di jln melati raya no 5 rt 2 rw 3", "jln melati raya no 5"),
            ("Jalan Ahmad Yani 20 banjir", "Jalan Ahmad Yani 20"),
            ("sampah numpuk di gg. mawar 3", "gg. mawar 3"),
            ("Perum Griya Asri Blok C2 No 5 airnya mati", "Perum Griya Asri Blok C2 No 5"),
            ("lampu mati di Jl.Dr. Wahidin padam", "Jl.Dr. Wahidin"),
            ("gg kelinci no 4, jl veteran banjir", "gg kelinci no 4, jl veteran"),
            ("jalan rusak di jalan diponegoro", "jalan diponegoro"),
            ("Kampung Baru RT 3 gelap", "Kampung Baru"),
            ("banjir di Kaligawe belum surut", "Kaligawe"),
            ("macet di daerah pasar minggu", "pasar minggu"),
        ] {
            assert_eq!(read(text).alamat.as_deref(), Some(alamat), "{text}");
        }
        for text in
            ["jalan rusak parah", "jalan kampung berlubang", "lampu jalan mati", "jln rusak", "jalan di desa kami"]
        {
            assert_eq!(read(text).alamat, None, "{text}");
        }
    }

    #[test]
    fn areas_and_landmarks_are_read() {
        let found = read("pohon tumbang dpn sd negeri 3, kel. suka maju kec cilandak");
        assert_eq!(found.kelurahan.as_deref(), Some("Suka Maju"));
        assert_eq!(found.kecamatan.as_deref(), Some("Cilandak"));
        assert_eq!(found.patokan.as_deref(), Some("dpn sd negeri 3"));
        let found = read("Desa Sukasari Kecamatan Megamendung jalan rusak");
        assert_eq!(found.kelurahan.as_deref(), Some("Sukasari"));
        assert_eq!(found.kecamatan.as_deref(), Some("Megamendung"));
        assert_eq!(read("kantor desa tutup terus").kelurahan, None);
        assert_eq!(read("pak kepala desa tolong").kelurahan, None);
        assert_eq!(read("lampu mati depan rumah saya").patokan.as_deref(), Some("depan rumah saya"));
    }

    #[test]
    fn the_description_is_the_problem_alone() {
        for (text, description) in [
            ("mau lapor pak, lampu jalan mati di jl mawar sudah 2 minggu", Some("lampu jalan mati sudah 2 minggu")),
            ("Assalamualaikum, tolong banjir di RT 03/04 sudah selutut. terima kasih", Some("banjir sudah selutut")),
            ("saya mau lapor", None),
            ("halo pak mau lapor di jl melati no 5", None),
            ("I want to report a broken street light at Jl. Mawar", Some("broken street light")),
        ] {
            assert_eq!(read(text).description(true).as_deref(), description, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_grammar_panic(text in "\\PC*") {
            let found = read(&text);
            let _ = (found.description(true), found.without_places(), found.entities());
        }

        #[test]
        fn neither_does_one_that_looks_like_an_address(
            parts in prop::collection::vec(prop::sample::select(vec![
                "jl", "Jl.", "jalan", "no", "No.", "rt", "rw", "02", "/", "5a", "kel.", "desa", "kec", "ß", "İ", "depan", ",",
                "lap", "20261120", "-", "1", "Melati", "blok", "🙂", "\n", "di", "gg", ".",
            ]), 0..14),
            joint in prop::sample::select(vec!["", " "]),
        ) {
            let text = parts.join(joint);
            let found = read(&text);
            let _ = (found.description(false), found.without_places());
        }
    }
}
