//! What the demo's assistant may answer from: FAQ entries and documents of Kelurahan Sukamaju, put in through the
//! dashboard's own API as staff would. Each call carries an `Idempotency-Key`, as in [`super::seed`].

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::environment::local;
use super::seed::call;
use super::settings::Settings;
use crate::process;

/// Title, file name, text.
const DOCUMENTS: [(&str, &str, &str); 3] = [
    ("Standar Pelayanan Kelurahan Sukamaju", "standar-pelayanan.md", include_str!("knowledge/standar-pelayanan.md")),
    (
        "Peraturan Ketertiban Lingkungan",
        "ketertiban-lingkungan.html",
        include_str!("knowledge/ketertiban-lingkungan.html"),
    ),
    ("Jadwal Kegiatan Warga", "jadwal-kegiatan.csv", include_str!("knowledge/jadwal-kegiatan.csv")),
];

fn entries() -> Result<Vec<Value>> {
    serde_json::from_str(include_str!("knowledge/faq.json")).context("faq.json is damaged")
}

/// Puts them all in; gives how many entries and documents.
pub fn run(settings: &Settings) -> Result<(usize, usize)> {
    let base = local(settings.ports.dashboard);
    let entries = entries()?;
    for (number, entry) in entries.iter().enumerate() {
        process::stop_if_interrupted()?;
        call(settings, "POST", &format!("{base}/internal/knowledge/entries"), &format!("seed-entry-{number}"), entry)?;
    }
    for (title, file_name, content) in DOCUMENTS {
        let document = json!({"title": title, "file_name": file_name, "content": content});
        call(settings, "POST", &format!("{base}/internal/documents"), &format!("seed-{file_name}"), &document)?;
    }
    Ok((entries.len(), DOCUMENTS.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_asks_and_answers() {
        let entries = entries().unwrap();
        assert!(entries.len() >= 30);
        for entry in entries {
            for field in ["question", "answer"] {
                assert!(entry[field].as_str().is_some_and(|text| !text.is_empty()), "{entry}");
            }
        }
        assert!(DOCUMENTS.iter().all(|(_, _, content)| content.len() > 200));
    }
}
