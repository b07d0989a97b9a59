//! Everything the simulator remembers. Pure data behind one lock: no IO here, and time is a parameter.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::counters::{Tally, WebhookTally};
use super::message::{Direction, Message, Status};
use super::settings::{Faults, Settings};
use crate::graph::rates::Rates;

/// One WhatsApp number of an office.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are Meta's")]
pub struct Number {
    pub phone_number_id: String,
    pub display_phone_number: String,
    pub name: String,
    pub waba_id: String,
    pub webhook_url: Option<Url>,
}

/// A citizen with a phone. `key` is the WhatsApp id, or the user id of one whose number is not told.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Citizen {
    pub key: String,
    pub name: String,
    /// Off: messages stay at `sent` until it is on again.
    pub online: bool,
    /// In sight: what arrives is read.
    pub open: bool,
    /// Every message to this phone fails with this code.
    pub fail_with: Option<i64>,
}

impl Citizen {
    pub fn new(key: &str) -> Self {
        Self { key: key.to_owned(), name: default_name(key), online: true, open: true, fail_with: None }
    }

    pub fn has_phone(&self) -> bool {
        !is_user_id(&self.key)
    }

    /// The business-scoped user id that accompanies or replaces the phone in webhooks.
    pub fn user_id(&self) -> String {
        if self.has_phone() { user_id_of(&self.key) } else { self.key.clone() }
    }
}

fn user_id_of(wa_id: &str) -> String {
    let digest = Sha256::digest(wa_id.as_bytes());
    let head =
        u64::from_be_bytes([digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]]);
    format!("ID.{head:020}")
}

fn default_name(key: &str) -> String {
    match key {
        "6281200000001" => "Ibu Sari".into(),
        "6281200000002" => "Pak Budi".into(),
        _ => format!("Warga {}", &key[key.len().saturating_sub(4)..]),
    }
}

/// `CC.…` or `CC.ENT.…`: a business-scoped user id rather than a phone.
pub fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else { return false };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A picture, a voice note, a file.
#[derive(Clone, Debug)]
pub struct Media {
    pub id: String,
    pub mime_type: String,
    pub filename: Option<String>,
    pub created_ms: i64,
    pub bytes: Bytes,
}

impl Media {
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

#[derive(Debug)]
pub struct World {
    pub numbers: Vec<Number>,
    pub citizens: BTreeMap<String, Citizen>,
    pub media: HashMap<String, Media>,
    pub settings: Settings,
    pub faults: Faults,
    pub rates: Rates,
    pub senders: BTreeMap<String, Tally>,
    pub recipients: BTreeMap<String, Tally>,
    pub webhooks: WebhookTally,
    messages: Vec<Message>,
    by_wamid: HashMap<String, usize>,
    by_citizen: HashMap<String, Vec<usize>>,
    /// When the citizen last wrote to the number: opens the customer-service window.
    last_inbound: HashMap<(String, String), i64>,
    by_user_id: HashMap<String, String>,
}

impl World {
    pub fn new(first: Number, settings: Settings) -> Self {
        Self {
            numbers: vec![first],
            citizens: BTreeMap::new(),
            media: HashMap::new(),
            settings,
            faults: Faults::default(),
            rates: Rates::default(),
            senders: BTreeMap::new(),
            recipients: BTreeMap::new(),
            webhooks: WebhookTally::default(),
            messages: Vec::new(),
            by_wamid: HashMap::new(),
            by_citizen: HashMap::new(),
            last_inbound: HashMap::new(),
            by_user_id: HashMap::new(),
        }
    }

    pub fn number(&self, phone_number_id: &str) -> Option<&Number> {
        self.numbers.iter().find(|number| number.phone_number_id == phone_number_id)
    }

    /// Adds a number, or replaces the one with the same id.
    pub fn put_number(&mut self, number: Number) {
        match self.numbers.iter_mut().find(|known| known.phone_number_id == number.phone_number_id) {
            Some(known) => *known = number,
            None => self.numbers.push(number),
        }
    }

    /// The citizen behind a WhatsApp id or a user id, made on first sight.
    pub fn citizen(&mut self, id: &str) -> &mut Citizen {
        let key = self.by_user_id.get(id).cloned().unwrap_or_else(|| id.to_owned());
        let citizen = self.citizens.entry(key.clone()).or_insert_with(|| Citizen::new(&key));
        if citizen.has_phone() {
            self.by_user_id.entry(citizen.user_id()).or_insert(key);
        }
        citizen
    }

    pub fn put_citizen(&mut self, citizen: Citizen) {
        let key = citizen.key.clone();
        *self.citizen(&key) = citizen;
    }

    /// The key under which a citizen is known, if at all.
    pub fn known(&self, id: &str) -> Option<&Citizen> {
        self.citizens.get(self.by_user_id.get(id).map_or(id, String::as_str))
    }

    /// Keeps a message; one with a known wamid is not kept twice.
    pub fn push(&mut self, message: Message) -> bool {
        if self.by_wamid.contains_key(&message.wamid) {
            return false;
        }
        let index = self.messages.len();
        self.by_wamid.insert(message.wamid.clone(), index);
        self.by_citizen.entry(message.citizen.clone()).or_default().push(index);
        if message.direction == Direction::Inbound {
            let pair = (message.phone_number_id.clone(), message.citizen.clone());
            let last = self.last_inbound.entry(pair).or_insert(message.at_ms);
            *last = message.at_ms.max(*last);
        }
        self.messages.push(message);
        true
    }

    pub fn message(&self, wamid: &str) -> Option<&Message> {
        self.by_wamid.get(wamid).map(|index| &self.messages[*index])
    }

    /// Moves a message forward; a status that it already passed changes nothing.
    pub fn advance(&mut self, wamid: &str, status: Status, error: Option<i64>) -> Option<&Message> {
        let message = &mut self.messages[*self.by_wamid.get(wamid)?];
        if status <= message.status {
            return None;
        }
        message.status = status;
        message.error = error;
        Some(message)
    }

    /// A citizen's messages, oldest first; at one number or at all.
    pub fn conversation<'a>(
        &'a self,
        citizen: &str,
        number: Option<&'a str>,
    ) -> impl DoubleEndedIterator<Item = &'a Message> {
        let indices = self.by_citizen.get(citizen).map(Vec::as_slice).unwrap_or_default();
        indices
            .iter()
            .map(|index| &self.messages[*index])
            .filter(move |message| number.is_none_or(|wanted| message.phone_number_id == wanted))
    }

    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Whether only templates may be sent now.
    pub fn window_closed(&self, number: &str, citizen: &str, now_ms: i64) -> bool {
        if self.settings.window_hours == 0 {
            return false;
        }
        let span = i64::from(self.settings.window_hours) * 3_600_000;
        let last = self.last_inbound.get(&(number.to_owned(), citizen.to_owned()));
        last.is_none_or(|last| now_ms - last > span)
    }

    /// Forgets conversations, counters, limits and faults; numbers and settings stay.
    pub fn reset(&mut self) {
        let fresh = Self::new(self.numbers[0].clone(), self.settings.clone());
        let numbers = std::mem::take(&mut self.numbers);
        *self = Self { numbers, ..fresh };
    }
}
