//! The names of an office's kelurahan (or desa) and kecamatan, found in texts however they are spelt.
//!
//! An office may load them (`PUT /internal/areas`); without them the grammar alone reads what stands after "kelurahan",
//! "desa" or "kecamatan". Called by [`super::hear`] for every turn. What must stay true: a name is only set where nothing
//! was said or the same was meant, in its official spelling; two areas of one name decide nothing alone.

mod cache;
pub mod http;
mod index;
pub mod store;
mod table;

use contracts::dto::ai::Entities;
use serde::{Deserialize, Serialize};

pub use cache::Areas;
pub use index::Index;

/// More than the most kelurahan, desa and kecamatan that any province has.
pub const MOST: usize = 12_000;
/// The longest official name has 45 letters.
pub const LONGEST_NAME: usize = 80;

/// One area as an office loads it: its official code (`33.74.01` a kecamatan, `33.74.01.1001` a kelurahan) and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    #[serde(alias = "kode")]
    pub code: String,
    #[serde(alias = "nama")]
    pub name: String,
}

/// What a code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Kecamatan,
    Kelurahan,
}

impl Area {
    /// The level of a code; provinces and regencies have none here.
    pub fn level(&self) -> Option<Level> {
        match self.code.split('.').count() {
            3 => Some(Level::Kecamatan),
            4 => Some(Level::Kelurahan),
            _ => None,
        }
    }

    /// Whether the code has the official form.
    fn has_good_code(&self) -> bool {
        let parts: Vec<&str> = self.code.split('.').collect();
        let digits = |part: &&str| (2..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        (1..=4).contains(&parts.len()) && parts.iter().all(digits)
    }
}

impl Index {
    /// Sets kelurahan and kecamatan of a text in their official spelling.
    pub fn fill(&self, text: &str, entities: &mut Entities) {
        if self.is_empty() {
            return;
        }
        // What was said with its word ("kel. sukamaju") only gets its official spelling.
        let district = entities.kecamatan.as_deref().and_then(|said| self.meant(said, Level::Kecamatan));
        if let Some(district) = district {
            entities.kecamatan = Some(self.name(district).to_owned());
        }
        let village = entities.kelurahan.as_deref().and_then(|said| self.meant_within(said, district));
        if let Some(village) = village {
            entities.kelurahan = Some(self.name(village).to_owned());
        }
        if entities.kelurahan.is_none() || entities.kecamatan.is_none() {
            for found in self.find(text) {
                let slot = match self.level(found) {
                    Level::Kecamatan => &mut entities.kecamatan,
                    Level::Kelurahan => &mut entities.kelurahan,
                };
                slot.get_or_insert_with(|| self.name(found).to_owned());
            }
        }
        // A kelurahan whose name is the only one of its kind says its kecamatan too.
        if entities.kecamatan.is_none()
            && let Some(said) = &entities.kelurahan
            && let Some(village) = self.meant(said, Level::Kelurahan)
        {
            entities.kecamatan = self.district_of(village).map(|district| self.name(district).to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let areas = [
            ("33.74", "Kota Semarang"),
            ("33.74.01", "Semarang Tengah"),
            ("33.74.05", "Genuk"),
            ("33.74.05.1001", "Muktiharjo Lor"),
            ("33.74.05.1002", "Genuksari"),
            ("33.74.06", "Pedurungan"),
            ("33.74.06.1001", "Tlogosari Kulon"),
            ("33.74.06.1002", "Sendangmulyo"),
            ("33.74.07", "Tembalang"),
            ("33.74.07.1001", "Sendangmulyo"),
            ("33.74.07.1002", "Bulusan"),
            ("33.74.07.1003", "Jalan"),
        ];
        Index::new(areas.map(|(code, name)| Area { code: code.to_owned(), name: name.to_owned() }).into())
    }

    fn filled(text: &str) -> (Option<String>, Option<String>) {
        let mut entities = crate::understanding::grammar::read(text).entities();
        index().fill(text, &mut entities);
        (entities.kelurahan, entities.kecamatan)
    }

    #[test]
    fn names_are_found_however_they_are_spelt() {
        let pair = |village: &str, district: &str| (Some(village.to_owned()), Some(district.to_owned()));
        for (text, expected) in [
            ("banjir di muktiharjo lor belum surut", pair("Muktiharjo Lor", "Genuk")),
            ("banjir di muktiharjolor", pair("Muktiharjo Lor", "Genuk")),
            ("lampu mati di Tlogosari Kolon rt 3", pair("Tlogosari Kulon", "Pedurungan")),
            ("kel tlogosarikulon gelap", pair("Tlogosari Kulon", "Pedurungan")),
            ("sampah di kelurahan bulusan", pair("Bulusan", "Tembalang")),
            ("sendangmulyo kec tembalang banjir", pair("Sendangmulyo", "Tembalang")),
            ("daerah genuksari air mati", pair("Genuksari", "Genuk")),
        ] {
            assert_eq!(filled(text), expected, "{text}");
        }
        assert_eq!(filled("macet di pedurungan"), (None, Some("Pedurungan".to_owned())));
    }

    #[test]
    fn two_areas_of_one_name_say_no_district() {
        assert_eq!(filled("banjir di sendangmulyo"), (Some("Sendangmulyo".to_owned()), None));
    }

    #[test]
    fn common_words_are_no_areas() {
        assert_eq!(filled("jalan rusak parah di jalan mawar"), (None, None));
        assert_eq!(filled("saya mau lapor got mampet"), (None, None));
    }
}
