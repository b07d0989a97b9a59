//! The words around complaints that were sent: their status, cancelling, adding, reopening, answering.

use contracts::message::{Button, List, Reply};
use contracts::{ComplaintNumber, ComplaintStatus};

use super::complaint::yes_or_no;
use super::{Voice, button, clipped, day, menu, officer, row, table, with_buttons};
use crate::dialogue::state::Deed;
use crate::dialogue::{Details, Known};

fn status_line(voice: Voice<'_>, status: ComplaintStatus) -> String {
    let in_english = match status {
        ComplaintStatus::Baru => "received",
        ComplaintStatus::Terverifikasi => "verified",
        ComplaintStatus::Diproses => "being worked on",
        ComplaintStatus::MenungguWarga => "waiting for your answer",
        ComplaintStatus::Selesai => "done",
        ComplaintStatus::Ditolak => "rejected",
        ComplaintStatus::Dialihkan => "passed to another agency",
        ComplaintStatus::Duplikat => "a duplicate of another report",
        ComplaintStatus::Dibatalkan => "cancelled",
        ComplaintStatus::DibukaKembali => "reopened",
    };
    voice.pick(status.label(), in_english)
}

/// Where one complaint stands: all of it for its reporter, the public status for others.
pub fn status(voice: Voice<'_>, complaint: &Known) -> String {
    let status = status_line(voice, complaint.status);
    let mut lines = vec![format!("*{}*", complaint.number), format!("Status: *{status}*")];
    if let Some(details) = &complaint.details {
        let mut line = |indonesian: &str, in_english: &str, value: &str| {
            if !value.is_empty() {
                lines.push(format!("{}: {}", voice.pick(indonesian, in_english), clipped(value, 250)));
            }
        };
        line("Kategori", "Category", &details.kategori);
        line("Lokasi", "Location", &details.alamat);
        line("Keterangan", "Note", details.note.as_deref().unwrap_or_default());
        if !complaint.status.is_closed() {
            line("Target penyelesaian", "Target", &day(details.due_at));
        }
    }
    lines.join("\n")
}

/// The latest first, each in two lines.
pub fn latest(voice: Voice<'_>, known: &[Known]) -> String {
    const SHOWN: usize = 5;
    let parts = known.iter().take(SHOWN).map(|complaint| {
        let status = status_line(voice, complaint.status);
        let details =
            complaint.details.as_ref().map(|details| format!("\n{}", in_short(details, 90))).unwrap_or_default();
        format!("*{}* – {status}{details}", complaint.number)
    });
    voice.with(&table::LATEST, [("laporan", parts.collect::<Vec<_>>().join("\n\n"))])
}

/// Category and place in one line; the place of a confidential one is not told here.
fn in_short(details: &Details, most: usize) -> String {
    let parts = [details.kategori.as_str(), details.alamat.as_str()];
    clipped(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "), most)
}

/// Complaints to choose from, under an id that says what for.
pub fn rows(voice: Voice<'_>, prefix: &str, known: &[&Known]) -> List {
    let rows = known.iter().take(10).map(|complaint| {
        let details = complaint.details.as_ref().map(|details| in_short(details, 72));
        row(format!("{prefix}:{}", complaint.number), &complaint.number.to_string(), details.as_deref())
    });
    List { button: voice.pick("Pilih laporan", "Choose report"), rows: rows.collect() }
}

pub fn after_status(voice: Voice<'_>, none: bool) -> Vec<Button> {
    let mut buttons = menu(voice);
    buttons.remove(1);
    if !none {
        buttons.rotate_left(1);
    }
    buttons
}

pub fn sure_to_cancel(voice: Voice<'_>, number: ComplaintNumber) -> Reply {
    let text = voice.with(&table::SURE_TO_CANCEL, [("nomor", number.to_string())]);
    with_buttons(text, yes_or_no(voice, "Ya, batalkan", "Yes, cancel it"))
}

pub fn which_to_cancel(voice: Voice<'_>, open: &[&Known]) -> Reply {
    Reply { text: voice.say(&table::WHICH_TO_CANCEL), list: Some(rows(voice, "cabut", open)), ..Reply::default() }
}

pub fn too_late_to_cancel(voice: Voice<'_>, complaint: &Known) -> Reply {
    let status = status_line(voice, complaint.status);
    let text = voice.with(&table::TOO_LATE_TO_CANCEL, [("nomor", complaint.number.to_string()), ("status", status)]);
    with_buttons(text, vec![officer(voice)])
}

pub fn cannot_cancel(voice: Voice<'_>, number: ComplaintNumber) -> Reply {
    with_buttons(voice.with(&table::CANNOT_CANCEL, [("nomor", number.to_string())]), vec![officer(voice)])
}

pub fn numbered(voice: Voice<'_>, text: &table::Text, number: ComplaintNumber) -> String {
    voice.with(text, [("nomor", number.to_string())])
}

/// An open complaint of theirs: where it stands, and whether there is more to say.
pub fn follow_open(voice: Voice<'_>, complaint: &Known, several: bool) -> Reply {
    let text = voice.with(&table::FOLLOW_OPEN, [("status", status(voice, complaint))]);
    let mut buttons =
        vec![button(format!("tambah:{}", complaint.number), &voice.pick("Tambah keterangan", "Add to it"))];
    if several {
        buttons.push(button("lainnya", &voice.pick("Laporan lain", "Another report")));
    }
    buttons.push(officer(voice));
    with_buttons(text, buttons)
}

/// A closed one that they are not content with.
pub fn follow_closed(voice: Voice<'_>, complaint: &Known, reason: &str) -> Reply {
    let text =
        voice.with(&table::FOLLOW_CLOSED, [("status", status(voice, complaint)), ("alasan", clipped(reason, 200))]);
    let mut buttons = yes_or_no(voice, "Ya, buka lagi", "Yes, reopen it");
    buttons.push(officer(voice));
    with_buttons(text, buttons)
}

/// One that is over for good.
pub fn follow_ended(voice: Voice<'_>, complaint: &Known) -> Reply {
    let text = voice.with(&table::FOLLOW_ENDED, [("status", status(voice, complaint))]);
    with_buttons(text, after_status(voice, true))
}

pub fn follow_question(voice: Voice<'_>, number: ComplaintNumber, question: &str) -> Reply {
    Reply::text(
        voice.with(&table::FOLLOW_QUESTION, [("nomor", number.to_string()), ("pertanyaan", clipped(question, 500))]),
    )
}

/// Asks for the words that are still missing, or whether to send those that are there.
pub fn deed(voice: Voice<'_>, deed: &Deed, number: ComplaintNumber, text: &str, media: usize) -> Reply {
    if text.is_empty() && media == 0 {
        return match deed {
            Deed::Add => Reply::text(numbered(voice, &table::ASK_ADDITION, number)),
            Deed::Reopen => Reply::text(numbered(voice, &table::ASK_REASON, number)),
            Deed::Answer { question } => follow_question(voice, number, question),
        };
    }
    let mut said = clipped(text, 400);
    if media > 0 {
        let word = voice.pick("lampiran", "attachments");
        let glue = if said.is_empty() { "" } else { " " };
        said = format!("{said}{glue}(+{media} {word})");
    }
    let nomor = ("nomor", number.to_string());
    let (text, yes, in_english) = match deed {
        Deed::Add => (voice.with(&table::SURE_TO_ADD, [nomor, ("isi", said)]), "Ya, kirim", "Yes, send"),
        Deed::Reopen => (voice.with(&table::SURE_TO_REOPEN, [nomor, ("isi", said)]), "Ya, buka lagi", "Yes, reopen it"),
        Deed::Answer { question } => {
            let question = ("pertanyaan", clipped(question, 300));
            (voice.with(&table::SURE_TO_ANSWER, [nomor, question, ("isi", said)]), "Ya, kirim", "Yes, send")
        }
    };
    with_buttons(text, yes_or_no(voice, yes, in_english))
}

pub fn done(voice: Voice<'_>, deed: &Deed, number: ComplaintNumber) -> String {
    let text = match deed {
        Deed::Add => &table::ADDED,
        Deed::Reopen => &table::REOPENED,
        Deed::Answer { .. } => &table::ANSWERED,
    };
    numbered(voice, text, number)
}
