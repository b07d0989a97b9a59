//! The words around complaints that were sent: their status, and cancelling one.

use contracts::message::{Button, List, ListRow, Reply};
use contracts::{ComplaintNumber, ComplaintStatus};

use super::{button, day, menu, pick, with_buttons};
use crate::dialogue::{Details, Known};

fn status_line(english: bool, status: ComplaintStatus) -> String {
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
    pick(english, status.label(), in_english)
}

/// Where one complaint stands: all of it for its reporter, the public status for others.
pub fn status(english: bool, complaint: &Known) -> String {
    let status = status_line(english, complaint.status);
    let mut lines = vec![format!("*{}*", complaint.number), format!("Status: *{status}*")];
    if let Some(details) = &complaint.details {
        let mut line = |indonesian: &str, in_english: &str, value: &str| {
            if !value.is_empty() {
                lines.push(format!("{}: {value}", pick(english, indonesian, in_english)));
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

pub fn no_such_complaint(english: bool) -> String {
    pick(
        english,
        "Maaf, laporan dengan nomor itu tidak ditemukan. Contoh nomor: LAP-20261120-001.",
        "Sorry, there is no report with that number. Numbers look like LAP-20261120-001.",
    )
}

pub fn no_complaints(english: bool) -> String {
    pick(english, "Belum ada laporan dari nomor ini.", "There are no reports from this number yet.")
}

/// The latest first, each in two lines.
pub fn latest(english: bool, known: &[Known], follow_up: bool) -> String {
    let mut parts = vec![pick(english, "Laporan terakhir Bapak/Ibu:", "Your latest reports:")];
    for complaint in known {
        let status = status_line(english, complaint.status);
        let details = complaint.details.as_ref().map(|details| format!("\n{}", in_short(details))).unwrap_or_default();
        parts.push(format!("*{}* – {status}{details}", complaint.number));
    }
    if follow_up {
        parts.push(pick(
            english,
            "Bila ada yang perlu ditambah atau belum beres, saya bisa menyambungkan dengan petugas.",
            "If something is missing or not fixed, I can connect you with an officer.",
        ));
    }
    parts.join("\n\n")
}

/// Category and place in one line; the place of a confidential one is not told here.
fn in_short(details: &Details) -> String {
    let parts = [details.kategori.as_str(), details.alamat.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

pub fn after_status(english: bool, none: bool) -> Vec<Button> {
    let mut buttons = menu(english);
    buttons.remove(1);
    if !none {
        buttons.rotate_left(1);
    }
    buttons
}

pub fn sure_to_cancel(english: bool, number: ComplaintNumber) -> Reply {
    let text = if english {
        format!("Do you want to cancel report *{number}*?")
    } else {
        format!("Yakin ingin membatalkan laporan *{number}*?")
    };
    let buttons = vec![
        button("ya", pick(english, "Ya, batalkan", "Yes, cancel it")),
        button("tidak", pick(english, "Tidak", "No")),
    ];
    with_buttons(text, buttons)
}

pub fn which_to_cancel(english: bool, open: &[&Known]) -> Reply {
    let rows = open.iter().take(10).map(|complaint| ListRow {
        id: format!("cabut:{}", complaint.number),
        title: complaint.number.to_string(),
        description: complaint.details.as_ref().map(|details| in_short(details).chars().take(72).collect()),
    });
    Reply {
        text: pick(english, "Laporan mana yang ingin dibatalkan?", "Which report do you want to cancel?"),
        list: Some(List { button: pick(english, "Pilih laporan", "Choose report"), rows: rows.collect() }),
        ..Reply::default()
    }
}

pub fn nothing_to_cancel(english: bool) -> String {
    pick(
        english,
        "Tidak ada laporan Bapak/Ibu yang masih bisa dibatalkan.",
        "You have no report that can still be cancelled.",
    )
}

pub fn not_yours(english: bool) -> String {
    pick(
        english,
        "Maaf, laporan itu hanya bisa dibatalkan oleh pelapornya dari nomor yang dipakai saat melapor.",
        "Sorry, only its reporter can cancel that report, from the number it was made with.",
    )
}

pub fn too_late_to_cancel(english: bool, complaint: &Known) -> Reply {
    let status = status_line(english, complaint.status);
    let text = if english {
        format!("Report *{}* can't be cancelled any more: it is {status}.", complaint.number)
    } else {
        format!("Laporan *{}* tidak bisa dibatalkan lagi karena statusnya *{status}*.", complaint.number)
    };
    with_buttons(text, vec![menu(english).remove(2)])
}

pub fn cannot_cancel(english: bool, number: ComplaintNumber) -> Reply {
    let text = if english {
        format!("Sorry, report *{number}* could not be cancelled. An officer can help.")
    } else {
        format!("Maaf, laporan *{number}* tidak bisa dibatalkan. Petugas bisa membantu.")
    };
    with_buttons(text, vec![menu(english).remove(2)])
}

pub fn cancelled(english: bool, number: ComplaintNumber) -> String {
    if english {
        format!("Report *{number}* has been cancelled.")
    } else {
        format!("Laporan *{number}* sudah dibatalkan.")
    }
}

pub fn not_cancelled(english: bool, number: ComplaintNumber) -> Reply {
    Reply::text(if english {
        format!("All right, report *{number}* stays.")
    } else {
        format!("Baik, laporan *{number}* tetap berjalan.")
    })
}
