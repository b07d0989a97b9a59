//! Names under their letters alone, and under their trigrams for those that are spelt a little otherwise.

use std::collections::HashMap;

use super::{Area, Level};
use crate::understanding::grammar;

/// Where an area stands in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(usize);

/// An office's areas, ready to be searched.
#[derive(Debug, Default)]
pub struct Index {
    areas: Vec<(Area, Level)>,
    /// By the name's letters without spaces: `mukti harjo lor` is `muktiharjolor`.
    exact: HashMap<String, Vec<Place>>,
    keys: Vec<String>,
    /// From three letters to the keys that hold them.
    trigrams: HashMap<[char; 3], Vec<usize>>,
}

/// Words of a name at most.
const MOST_WORDS: usize = 4;
/// Shorter names must be spelt right.
const SHORTEST_FUZZY: usize = 6;
/// Shorter names need their word ("kelurahan X").
const SHORTEST_BARE: usize = 4;

/// A name may stand after these without its word.
const BEFORE: &[&str] = &[
    "di",
    "d",
    "daerah",
    "wilayah",
    "kawasan",
    "sekitar",
    "sekitaran",
    "dari",
    "ke",
    "warga",
    "kel",
    "kelurahan",
    "desa",
    "ds",
    "kec",
    "kecamatan",
    "kampung",
    "kp",
    "dusun",
    "in",
    "at",
    "from",
    "arah",
    "menuju",
    "jalur",
    "didaerah",
    "diwilayah",
];

impl Index {
    /// Indexes areas; provinces and regencies are left out.
    pub fn new(areas: Vec<Area>) -> Self {
        let mut index = Self::default();
        for area in areas {
            let Some(level) = area.level() else { continue };
            let key = letters(&area.name);
            if key.is_empty() {
                continue;
            }
            let place = Place(index.areas.len());
            index.areas.push((area, level));
            if !index.exact.contains_key(&key) {
                index.keys.push(key.clone());
            }
            index.exact.entry(key).or_default().push(place);
        }
        for (nth, key) in index.keys.iter().enumerate() {
            for trigram in trigrams(key) {
                let list = index.trigrams.entry(trigram).or_default();
                if list.last() != Some(&nth) {
                    list.push(nth);
                }
            }
        }
        index
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// How many areas there are.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// The official name.
    pub fn name(&self, place: Place) -> &str {
        &self.areas[place.0].0.name
    }

    /// Kelurahan or kecamatan.
    pub fn level(&self, place: Place) -> Level {
        self.areas[place.0].1
    }

    /// The kecamatan of a kelurahan.
    pub fn district_of(&self, village: Place) -> Option<Place> {
        let code = &self.areas[village.0].0.code;
        let parent = code.rsplit_once('.')?.0;
        self.areas.iter().position(|(area, _)| area.code == parent).map(Place)
    }

    /// The one area of a level that a name means; `None` when there is none or more than one.
    pub fn meant(&self, name: &str, level: Level) -> Option<Place> {
        let places = self.like(&letters(name), true);
        one(places.iter().copied().filter(|place| self.level(*place) == level))
    }

    /// The kelurahan that a name means, if need be the one within a kecamatan.
    pub fn meant_within(&self, name: &str, district: Option<Place>) -> Option<Place> {
        let places = self.like(&letters(name), true);
        let mut villages = places.iter().copied().filter(|place| self.level(*place) == Level::Kelurahan);
        match district {
            // Of several with one name, any has the same spelling.
            None => villages.next(),
            Some(_) => villages.find(|village| self.district_of(*village) == district),
        }
    }

    /// The areas that a text names, the longest names first where they overlap; at most one of each level.
    pub fn find(&self, text: &str) -> Vec<Place> {
        let words = grammar::plain_words(text);
        let mut found: Vec<Place> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            match self.name_at(&words, at) {
                Some((place, length)) => {
                    if !found.iter().any(|other| self.level(*other) == self.level(place)) {
                        found.push(place);
                    }
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    /// The area whose name begins at a word, and how many words it takes.
    fn name_at(&self, words: &[grammar::PlainWord], at: usize) -> Option<(Place, usize)> {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let led = before.is_some_and(|word| BEFORE.contains(&word.lower.as_str()));
        let longest = MOST_WORDS.min(words.len() - at);
        (1..=longest).rev().find_map(|length| {
            let name = &words[at..at + length];
            // Pauses end a name, and words of grammar are never its first.
            if name[1..].iter().any(|word| word.pause) || name.iter().any(|word| word.digits) || name[0].ends_name {
                return None;
            }
            let key: String = name.iter().map(|word| word.lower.as_str()).collect::<Vec<_>>().concat();
            let looks_like_one = led || name[0].capital || length > 1 || at == 0 || name[0].pause;
            if key.chars().count() < SHORTEST_BARE || !looks_like_one {
                return None;
            }
            let fuzzy = (led || name[0].capital) && !name.iter().any(|word| word.ends_name);
            let places = self.like(&letters(&key), fuzzy);
            // A kecamatan and a kelurahan of one name: the larger one is true either way.
            let district = places.iter().copied().find(|place| self.level(*place) == Level::Kecamatan);
            district.or(places.first().copied()).map(|place| (place, length))
        })
    }

    /// The areas whose name is, or is nearly, these letters.
    fn like(&self, key: &str, fuzzy: bool) -> &[Place] {
        if let Some(places) = self.exact.get(key) {
            return places;
        }
        let length = key.chars().count();
        if !fuzzy || length < SHORTEST_FUZZY {
            return &[];
        }
        let most = if length >= 9 { 2 } else { 1 };
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for trigram in trigrams(key) {
            for nth in self.trigrams.get(&trigram).into_iter().flatten() {
                *shared.entry(*nth).or_default() += 1;
            }
        }
        // Each edit spoils three trigrams at most.
        let needed = length.saturating_sub(2).saturating_sub(3 * most).max(1);
        let near = shared.into_iter().filter(|(_, count)| *count >= needed);
        let best =
            near.filter_map(|(nth, _)| distance(key, &self.keys[nth], most).map(|distance| (distance, nth))).min();
        best.and_then(|(_, nth)| self.exact.get(&self.keys[nth])).map_or(&[], Vec::as_slice)
    }
}

fn one(mut places: impl Iterator<Item = Place>) -> Option<Place> {
    let first = places.next();
    if places.next().is_some() { None } else { first }
}

/// A name's letters and digits in small, nothing else.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn trigrams(key: &str) -> Vec<[char; 3]> {
    let letters: Vec<char> = key.chars().collect();
    letters.windows(3).map(|window| [window[0], window[1], window[2]]).collect()
}

/// Letters to change, add or leave out; `None` when more than `most`.
fn distance(one: &str, other: &str, most: usize) -> Option<usize> {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let changed = before[j] + usize::from(a != b);
            row.push(changed.min(before[j + 1] + 1).min(row[j] + 1));
        }
        before = row;
    }
    before.last().copied().filter(|distance| *distance <= most)
}
