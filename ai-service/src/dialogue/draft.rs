//! A complaint that is being taken.

use contracts::dto::ai::Entities;
use contracts::message::{Location, MediaRef};
use contracts::{Category, TurnId};
use serde::{Deserialize, Serialize};

use super::Turn;

/// What is known of it so far.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub kategori: Option<Category>,
    pub alamat: Option<String>,
    pub deskripsi: Option<String>,
    pub rt: Option<String>,
    pub rw: Option<String>,
    pub kelurahan: Option<String>,
    pub kecamatan: Option<String>,
    pub patokan: Option<String>,
    pub lat: Option<f64>,
    pub lng: Option<f64>,
    pub media: Vec<MediaRef>,
    pub anonim: bool,
    pub rahasia: bool,
    /// Categories that it may be, the likeliest first: the order of the choices.
    pub guesses: Vec<Category>,
    /// A try to send it whose outcome is unknown: the next try must be the same call.
    pub attempt: Option<Attempt>,
}

/// The call that may or may not have created the complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub key: String,
    pub turn_id: TurnId,
}

/// What must be known before a complaint can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Deskripsi,
    Kategori,
    Alamat,
}

/// The longest description that is kept; longer ones end here.
const LONGEST: usize = 3_000;
/// More pictures than anybody looks at.
const MOST_MEDIA: usize = 10;

impl Draft {
    /// What to ask for next.
    pub fn missing(&self) -> Option<Field> {
        if self.deskripsi.is_none() {
            Some(Field::Deskripsi)
        } else if self.kategori.is_none() {
            Some(Field::Kategori)
        } else if self.alamat.is_none() {
            Some(Field::Alamat)
        } else {
            None
        }
    }

    /// Takes over what a turn says, later words over earlier ones. `true`: something changed.
    pub fn absorb(&mut self, turn: &Turn) -> bool {
        let before = self.clone();
        // The title of a button is not the citizen's word.
        let nothing = Entities::default();
        let found = if turn.choice().is_some() { &nothing } else { &turn.understood.entities };
        for (mine, new) in [
            (&mut self.alamat, &found.alamat),
            (&mut self.rt, &found.rt),
            (&mut self.rw, &found.rw),
            (&mut self.kelurahan, &found.kelurahan),
            (&mut self.kecamatan, &found.kecamatan),
            (&mut self.patokan, &found.patokan),
        ] {
            if new.is_some() {
                mine.clone_from(new);
            }
        }
        if self.deskripsi.is_none()
            && let Some(words) = &found.deskripsi
        {
            self.describe(words);
            self.guesses = turn.understood.categories.iter().map(|(category, _)| category.clone()).collect();
            if self.kategori.is_none() {
                self.kategori.clone_from(&found.kategori);
            }
        }
        if let Some(pin) = &turn.location {
            self.pin(pin);
        }
        for media in &turn.media {
            if self.media.len() < MOST_MEDIA && !self.media.contains(media) {
                self.media.push(media.clone());
            }
        }
        self.anonim |= turn.understood.anonymous;
        self.rahasia |= turn.understood.confidential;
        self.compose_address();
        let changed = *self != before;
        if changed {
            // Another body must not go out under the key of an earlier one.
            self.attempt = None;
        }
        changed
    }

    /// The citizen's words, at a length that fits a ticket.
    pub fn describe(&mut self, words: &str) {
        let words: String = words.trim().chars().take(LONGEST).collect();
        self.deskripsi = (!words.is_empty()).then_some(words);
    }

    /// More words on the same problem.
    pub fn describe_more(&mut self, words: &str) {
        let all = match &self.deskripsi {
            Some(so_far) if so_far.contains(words.trim()) => return,
            Some(so_far) => format!("{so_far}. {}", words.trim()),
            None => words.to_owned(),
        };
        self.describe(&all);
        self.attempt = None;
    }

    fn pin(&mut self, pin: &Location) {
        self.lat = Some(pin.latitude);
        self.lng = Some(pin.longitude);
        if self.alamat.is_none() {
            let named =
                [&pin.name, &pin.address].into_iter().flatten().map(|part| part.trim()).filter(|part| !part.is_empty());
            let named = named.collect::<Vec<_>>().join(", ");
            let point = format!("Titik peta {:.6}, {:.6}", pin.latitude, pin.longitude);
            self.alamat = Some(if named.is_empty() { point } else { named });
        }
    }

    /// Without a street, a landmark or an RT within a kelurahan finds the place as well.
    fn compose_address(&mut self) {
        if self.alamat.is_none()
            && self.kelurahan.is_some()
            && (self.rt.is_some() || self.rw.is_some() || self.patokan.is_some())
        {
            self.alamat = Some(self.patokan.clone().unwrap_or_else(|| self.area()));
        }
    }

    /// `RT 02 RW 05, Kelurahan Sukamaju, Kecamatan …`.
    pub fn area(&self) -> String {
        let mut parts = Vec::new();
        match (&self.rt, &self.rw) {
            (Some(rt), Some(rw)) => parts.push(format!("RT {rt} RW {rw}")),
            (Some(rt), None) => parts.push(format!("RT {rt}")),
            (None, Some(rw)) => parts.push(format!("RW {rw}")),
            (None, None) => {}
        }
        parts.extend(self.kelurahan.iter().map(|name| format!("Kelurahan/Desa {name}")));
        parts.extend(self.kecamatan.iter().map(|name| format!("Kecamatan {name}")));
        parts.join(", ")
    }

    /// The place in one line, as it is shown.
    pub fn place(&self) -> String {
        let area = self.area();
        let mut parts: Vec<&str> = self.alamat.iter().map(String::as_str).collect();
        if !area.is_empty() && self.alamat.as_deref() != Some(area.as_str()) {
            parts.push(&area);
        }
        if let Some(patokan) = self.patokan.as_deref().filter(|patokan| Some(*patokan) != self.alamat.as_deref()) {
            parts.push(patokan);
        }
        parts.join(", ")
    }
}
