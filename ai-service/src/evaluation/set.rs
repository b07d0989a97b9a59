//! A test set: lines of intent, category, slots and text, between tabs.
//!
//! `-` is nothing (no category; no slots at all), `?` in the slots: they are not measured on this line. Slots are
//! `name=value` between `|`; phone and NIK only say `=1`, that there is one.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use contracts::intent::Intent;
use serde::Serialize;

/// The slots that are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    Alamat,
    Rt,
    Rw,
    Kelurahan,
    Kecamatan,
    Patokan,
    ComplaintId,
    Phone,
    Nik,
}

impl Slot {
    /// Every slot.
    pub const ALL: [Self; 9] = [
        Self::Alamat,
        Self::Rt,
        Self::Rw,
        Self::Kelurahan,
        Self::Kecamatan,
        Self::Patokan,
        Self::ComplaintId,
        Self::Phone,
        Self::Nik,
    ];

    /// The word in the test set.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alamat => "alamat",
            Self::Rt => "rt",
            Self::Rw => "rw",
            Self::Kelurahan => "kelurahan",
            Self::Kecamatan => "kecamatan",
            Self::Patokan => "patokan",
            Self::ComplaintId => "complaint_id",
            Self::Phone => "phone",
            Self::Nik => "nik",
        }
    }
}

/// One line of a test set.
#[derive(Debug, Clone)]
pub struct Item {
    /// `None`: not measured.
    pub intent: Option<Intent>,
    /// `None`: has none, or not measured.
    pub category: Option<String>,
    /// `None`: not measured.
    pub slots: Option<BTreeMap<Slot, String>>,
    pub text: String,
}

/// Reads a test set; an error names the line.
pub fn read(text: &str) -> anyhow::Result<Vec<Item>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(nth, line)| item(line).with_context(|| format!("line {}: {line}", nth + 1))).collect()
}

fn item(line: &str) -> anyhow::Result<Item> {
    let mut columns = line.splitn(4, '\t');
    let (Some(intent), Some(category), Some(slots), Some(text)) =
        (columns.next(), columns.next(), columns.next(), columns.next())
    else {
        bail!("has fewer than four columns");
    };
    let intent = match intent {
        "-" => None,
        name => Some(Intent::ALL.into_iter().find(|known| known.as_str() == name).context("names no intent")?),
    };
    let slots = match slots {
        "?" => None,
        "-" => Some(BTreeMap::new()),
        list => Some(list.split('|').map(slot).collect::<anyhow::Result<_>>()?),
    };
    let category = (category != "-").then(|| category.to_owned());
    Ok(Item { intent, category, slots, text: text.replace("\\n", "\n") })
}

fn slot(pair: &str) -> anyhow::Result<(Slot, String)> {
    let (name, value) = pair.split_once('=').with_context(|| format!("{pair} is no slot"))?;
    let slot = Slot::ALL
        .into_iter()
        .find(|slot| slot.as_str() == name)
        .with_context(|| format!("no slot is called {name}"))?;
    Ok((slot, value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_and_a_bad_one_is_named() {
        let items = read("# a comment\nDENY\t-\trt=03\tbukan, di RT 3\n-\tsampah\t?\tsampah numpuk\\nbau\n")
            .expect("good lines");
        assert_eq!(items[0].intent, Some(Intent::Deny));
        assert_eq!(items[0].slots.as_ref().and_then(|slots| slots.get(&Slot::Rt)).map(String::as_str), Some("03"));
        assert!(items[1].slots.is_none() && items[1].text.contains('\n'));
        assert!(read("DENY\t-\tbukan").is_err() && read("NOTHING\t-\t-\tx").is_err());
    }
}
