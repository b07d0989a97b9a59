//! The names that an office's assistant knows: citizens' and staff's.
//!
//! Kept only so that they can be hidden from models; asked for only when there is a model to hide them from.

use std::sync::LazyLock;

use contracts::{ContactId, OfficeId};
use regex::Regex;

use super::store;
use crate::App;
use crate::personal::{self, Kind};

/// Words that lead to the writer's own name.
static ITS_ME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:nama(?:\s+(?:saya|sy|aku|lengkap(?:\s+saya)?)|ku|nya)|bernama|perkenalkan|my\s+name\s+is)[\s,:]*(?:saya\s+|adalah\s+|ini\s+)*$")
        .expect("a fixed pattern")
});

/// Who is to be hidden.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    pub office: OfficeId,
    pub contact: Option<ContactId>,
    /// The name that WhatsApp shows.
    pub profile: Option<&'a str>,
}

/// Every name that is known around this citizen; learns the profile's, and the one in `text` if it says its own.
pub async fn known(app: &App, whose: Whose<'_>, text: &str) -> Result<Vec<String>, sqlx::Error> {
    let mut tx = app.ctx.db.office(whose.office).await?;
    if let Some(contact) = whose.contact {
        for name in whose.profile.map(str::to_owned).into_iter().chain(introduced(text)) {
            store::remember(&mut tx, whose.office, Some(contact), &name).await?;
        }
    }
    let mut names = store::around(&mut tx, whose.office, whose.contact).await?;
    tx.commit().await?;
    names.extend(whose.profile.map(str::to_owned));
    Ok(names)
}

/// The names by which the writer introduces themselves.
pub fn introduced(text: &str) -> Vec<String> {
    personal::find(text)
        .into_iter()
        .filter(|span| span.kind == Kind::Name && ITS_ME.is_match(&text[..span.range.start]))
        .map(|span| text[span.range].to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::introduced;

    #[test]
    fn only_the_writers_own_name_is_kept() {
        assert_eq!(introduced("Nama saya Rina Kurniasih, mau lapor soal Pak Hendra"), ["Rina Kurniasih"]);
        assert!(introduced("lampu mati di depan rumah Pak Hendra").is_empty());
    }
}
