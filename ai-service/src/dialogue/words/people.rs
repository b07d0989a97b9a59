//! The words around persons: calling one, why, and what they need to know.

use chrono::Datelike;

use super::{Voice, clipped, shown, table};
use crate::dialogue::mood::Authority;
use crate::dialogue::state::Human;
use crate::dialogue::{Dialogue, Draft, Facts, State};
use crate::personal;

pub fn person_comes(voice: Voice<'_>, facts: &Facts) -> String {
    voice.with(&table::PERSON_COMES, [("buka", opens(voice, facts))])
}

pub fn person_waits(voice: Voice<'_>, facts: &Facts) -> String {
    voice.with(&table::PERSON_WAITS, [("buka", opens(voice, facts))])
}

pub fn anger(voice: Voice<'_>, facts: &Facts) -> String {
    voice.with(&table::ANGER, [("buka", opens(voice, facts))])
}

/// When somebody is on duty again: `Senin pukul 08.00`; empty while somebody is.
fn opens(voice: Voice<'_>, facts: &Facts) -> String {
    const DAYS: [(&str, &str); 7] = [
        ("Senin", "Monday"),
        ("Selasa", "Tuesday"),
        ("Rabu", "Wednesday"),
        ("Kamis", "Thursday"),
        ("Jumat", "Friday"),
        ("Sabtu", "Saturday"),
        ("Minggu", "Sunday"),
    ];
    let Some(opens) = facts.opens_at else { return String::new() };
    let today = facts.local().date_naive();
    let (indonesian, english) = match opens.date_naive() {
        day if day == today => ("hari ini", "today"),
        day if Some(day) == today.succ_opt() => ("besok", "tomorrow"),
        day => DAYS[day.weekday().num_days_from_monday() as usize],
    };
    let time = opens.format("%H.%M");
    if voice.english { format!("{english} at {time}") } else { format!("{indonesian} pukul {time}") }
}

pub fn beyond_us(voice: Voice<'_>, authority: Authority) -> String {
    voice.say(match authority {
        Authority::Corruption => &table::CORRUPTION,
        Authority::Crime => &table::CRIME,
        Authority::Court => &table::COURT,
    })
}

pub fn settled(voice: Voice<'_>, human: Option<&Human>) -> String {
    voice.with(&table::SETTLED, [("petugas", human.map(|human| human.officer.clone()).unwrap_or_default())])
}

pub fn handed_back(voice: Voice<'_>, human: &Human) -> String {
    voice.with(&table::HANDED_BACK, [("petugas", human.officer.clone())])
}

/// What a person needs to know, in Indonesian: staff read it. Numbers that identify the citizen stay out: staff see the
/// conversation itself.
pub fn summary(
    reason: &str,
    last_words: &str,
    before: &Dialogue,
    draft: Option<&Draft>,
    texts: &super::Texts,
) -> String {
    let why = match reason {
        "requested" => "Warga meminta bicara dengan petugas.",
        "repeated_failure" => "Asisten tidak berhasil membantu warga.",
        "danger" => "PERHATIAN: warga menyebut keadaan bahaya.",
        "anger" => "Warga kecewa atau marah; mohon ditangani langsung.",
        "out_of_authority" => {
            "Warga menyampaikan hal di luar wewenang kantor (dugaan korupsi, kejahatan, atau perkara pengadilan)."
        }
        "deadline" => "Sistem pengaduan tidak menjawab; periksa apakah laporan sudah tercatat.",
        _ => "Warga memerlukan petugas.",
    };
    let mut parts = vec![why.to_owned(), format!("Tahap: {}.", stage(&before.state))];
    let last_words = clipped(&personal::for_ticket(last_words), 500);
    if !last_words.is_empty() {
        parts.push(format!("Pesan terakhir: \"{last_words}\""));
    }
    if let Some(draft) = draft.filter(|draft| !draft.is_empty()) {
        let voice = Voice { english: false, texts };
        parts.push(format!("Laporan yang sedang dibuat:\n{}", shown(voice, draft)));
    }
    if let Some(number) = before.about {
        parts.push(format!("Laporan terakhir yang dibicarakan: {number}."));
    }
    if let Some(human) = &before.human {
        parts.push(format!("Sebelumnya ditangani {}: {}", human.officer, clipped(&human.summary, 600)));
    }
    clipped(&parts.join("\n"), 3_000)
}

/// Where the dialogue stood, for staff.
fn stage(state: &State) -> &'static str {
    match state {
        State::Idle => "tidak ada yang sedang berjalan",
        State::Collecting { .. } => "laporan sedang diisi",
        State::Confirming { .. } => "laporan menunggu persetujuan warga",
        State::Editing { .. } => "laporan sedang diubah",
        State::Cancelling { .. } => "pembatalan laporan sedang ditanyakan",
        State::Following { .. } => "warga menindaklanjuti laporannya",
    }
}

/// What may come after a person has settled something.
pub fn after_settled(voice: Voice<'_>) -> Vec<contracts::message::Button> {
    super::menu(voice)
}
