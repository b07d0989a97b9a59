//! A complaint that is being taken.

use std::collections::BTreeMap;

use contracts::category::CategoryField;
use contracts::dto::ai::Entities;
use contracts::message::{Location, MediaRef};
use contracts::{Category, TurnId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Turn, answers};
use crate::categories::Categories;
use crate::personal;

/// What is known of it so far.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub kategori: Option<Category>,
    /// The office's name for it.
    pub kategori_nama: Option<String>,
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
    /// Life or limb is in danger.
    pub urgent: bool,
    /// What the category asks beside description and place.
    pub asks: Vec<CategoryField>,
    /// The answers, by field.
    pub fields: BTreeMap<String, Value>,
    /// What need not be answered, and was asked once.
    pub skipped: Vec<String>,
    /// Categories that it may be, the likeliest first: the order of the choices.
    pub guesses: Vec<Category>,
    /// Which page of a long list of categories is shown.
    pub category_page: u8,
    /// Numbers that identify the citizen were left out of the words.
    pub left_out: bool,
    /// How often case-service refused it.
    pub refused: u8,
    /// A try to send it whose outcome is unknown: the next try must be the same call.
    pub attempt: Option<Attempt>,
}

/// The call that may or may not have created the complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub key: String,
    pub turn_id: TurnId,
}

/// What must be known before a complaint can be sent, and what the category asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Deskripsi,
    Kategori,
    Alamat,
    /// A question of the category's own, by its key.
    Extra(String),
}

/// The longest description that is kept; longer ones end here.
const LONGEST: usize = 3_000;
/// More pictures than anybody looks at.
const MOST_MEDIA: usize = 10;

impl Draft {
    /// What to ask for next: what every complaint needs, then what the category needs, then what it would like.
    pub fn missing(&self) -> Option<Field> {
        if self.deskripsi.is_none() {
            return Some(Field::Deskripsi);
        }
        if self.kategori.is_none() {
            return Some(Field::Kategori);
        }
        if self.alamat.is_none() {
            return Some(Field::Alamat);
        }
        // In danger nobody is asked what could be left out.
        let open = |ask: &&CategoryField| {
            !self.fields.contains_key(&ask.field)
                && (ask.required || !self.urgent && !self.skipped.contains(&ask.field))
        };
        let asks = || self.asks.iter().filter(open);
        let next = asks().find(|ask| ask.required).or_else(|| asks().next())?;
        Some(Field::Extra(next.field.clone()))
    }

    /// Whether nothing is known of it yet.
    pub fn is_empty(&self) -> bool {
        self.deskripsi.is_none() && self.alamat.is_none() && self.media.is_empty() && self.kategori.is_none()
    }

    /// Takes over what a turn says, later words over earlier ones. `true`: something changed.
    pub fn absorb(&mut self, turn: &Turn, categories: &Categories) -> bool {
        let before = self.clone();
        // The title of a button is not the citizen's word.
        let nothing = Entities::default();
        let found = if turn.choice().is_some() { &nothing } else { &turn.understood.entities };
        self.absorb_place(found);
        if self.deskripsi.is_none()
            && let Some(words) = &found.deskripsi
        {
            self.describe(words);
            self.guess(turn);
            if let Some(key) = found.kategori.as_ref().filter(|_| self.kategori.is_none()) {
                self.take_category(key, categories);
            }
            self.absorb_choices(&turn.text);
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
            self.forget_attempt();
        }
        changed
    }

    /// Where it is, as far as a text tells.
    pub fn absorb_place(&mut self, found: &Entities) {
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
    }

    /// Choices that the first words name already are not asked for.
    fn absorb_choices(&mut self, text: &str) {
        for ask in self.asks.clone() {
            if let Some(key) = answers::named_choice(&ask, text) {
                self.fields.entry(ask.field).or_insert(Value::String(key));
            }
        }
    }

    /// Categories that the turn may mean, for the order of the choices.
    pub fn guess(&mut self, turn: &Turn) {
        self.guesses = turn.understood.categories.iter().map(|(category, _)| category.clone()).collect();
    }

    /// Puts it under this category, if complaints are taken there. Answers to another category's questions are dropped.
    pub fn take_category(&mut self, key: &Category, categories: &Categories) -> bool {
        let Some(category) = categories.get(key) else { return false };
        if self.kategori.as_ref() != Some(key) {
            self.forget_attempt();
            self.fields.retain(|field, _| category.fields.iter().any(|ask| ask.field == *field));
            self.skipped.clear();
        }
        self.kategori = Some(category.key.clone());
        self.kategori_nama = Some(category.name.clone());
        self.asks.clone_from(&category.fields);
        self.category_page = 0;
        true
    }

    /// The office may have changed its categories since the last turn.
    pub fn renew(&mut self, categories: &Categories) {
        let Some(key) = self.kategori.clone() else { return };
        let unchanged = categories.get(&key).is_some_and(|category| {
            self.asks == category.fields && self.kategori_nama.as_deref() == Some(category.name.as_str())
        });
        // What was sent and may have arrived stays as it is: the same call again is answered as the first one was.
        if unchanged || self.attempt.is_some() {
            return;
        }
        if !self.take_category(&key, categories) {
            (self.kategori, self.kategori_nama) = (None, None);
            self.asks.clear();
        }
    }

    /// The citizen's words, at a length that fits a ticket, without numbers that identify them.
    pub fn describe(&mut self, words: &str) {
        let clean = self.cleaned(words);
        let words: String = clean.trim().chars().take(LONGEST).collect();
        self.deskripsi = (!words.is_empty()).then_some(words);
    }

    /// Words as they may stand in a ticket; notes when something was left out.
    pub fn cleaned(&mut self, words: &str) -> String {
        let clean = personal::for_ticket(words);
        self.left_out |= clean != words;
        clean
    }

    /// More words on the same problem.
    pub fn describe_more(&mut self, words: &str) {
        let all = match &self.deskripsi {
            Some(so_far) if so_far.contains(words.trim()) => return,
            Some(so_far) => format!("{so_far}. {}", words.trim()),
            None => words.to_owned(),
        };
        self.describe(&all);
        self.forget_attempt();
    }

    /// Forgets what was answered to one field, to be asked again.
    pub fn forget(&mut self, field: &Field) {
        self.forget_attempt();
        match field {
            Field::Deskripsi => self.deskripsi = None,
            Field::Kategori => {
                (self.kategori, self.kategori_nama) = (None, None);
                self.asks.clear();
            }
            Field::Alamat => {
                (self.alamat, self.patokan) = (None, None);
                (self.rt, self.rw, self.kelurahan, self.kecamatan) = (None, None, None, None);
                (self.lat, self.lng) = (None, None);
            }
            Field::Extra(key) => {
                self.fields.remove(key);
                self.skipped.retain(|skipped| skipped != key);
            }
        }
    }

    /// Another body must not go out under the key of an earlier one.
    pub fn forget_attempt(&mut self) {
        self.attempt = None;
    }

    fn pin(&mut self, pin: &Location) {
        self.lat = Some(pin.latitude);
        self.lng = Some(pin.longitude);
        let old_pin = self.alamat.as_deref().is_some_and(|alamat| alamat.starts_with("Titik peta "));
        if self.alamat.is_none() || old_pin {
            let named =
                [&pin.name, &pin.address].into_iter().flatten().map(|part| part.trim()).filter(|part| !part.is_empty());
            let named = named.collect::<Vec<_>>().join(", ");
            let point = format!("Titik peta {:.6}, {:.6}", pin.latitude, pin.longitude);
            self.alamat = Some(if named.is_empty() { point } else { named.chars().take(300).collect() });
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
