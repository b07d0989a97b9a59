//! The words around a complaint: questions, what will be sent, what was sent, what to do in danger.

use chrono::{DateTime, Utc};
use contracts::ComplaintNumber;
use contracts::message::{Button, List, ListRow, Reply};

use super::table::{self, Text};
use super::{Voice, ask_extra, button, clipped, day, menu, officer, row, shown_extras, with_buttons, with_menu};
use crate::categories::{Categories, OfficeCategory};
use crate::dialogue::{Draft, Field};

/// A voice note that nobody here can hear: the other ways.
pub fn voice_note(voice: Voice<'_>) -> Reply {
    with_buttons(voice.say(&table::VOICE), vec![officer(voice)])
}

/// The question for one field.
pub fn ask(voice: Voice<'_>, field: &Field, draft: &Draft, categories: &Categories) -> Reply {
    match field {
        Field::Deskripsi if draft.media.is_empty() => Reply::text(voice.say(&table::ASK_PROBLEM)),
        Field::Deskripsi => Reply::text(voice.say(&table::ASK_PROBLEM_SHOWN)),
        Field::Kategori => Reply {
            text: voice.say(&table::ASK_CATEGORY),
            list: Some(List {
                button: voice.pick("Pilih kategori", "Choose category"),
                rows: category_rows(voice, categories, draft),
            }),
            ..Reply::default()
        },
        Field::Alamat => place(voice, &table::ASK_PLACE),
        Field::Extra(key) => match draft.asks.iter().find(|ask| ask.field == *key) {
            Some(ask) => ask_extra(voice, ask),
            None => Reply::text(voice.say(&table::ASK_PROBLEM)),
        },
    }
}

fn place(voice: Voice<'_>, text: &Text) -> Reply {
    Reply { text: voice.say(text), request_location: true, ..Reply::default() }
}

/// Rows that WhatsApp shows in one list.
const ROWS: usize = 10;

/// At most ten rows: the likeliest first, the office's "lainnya" last. More categories than that are on further pages.
fn category_rows(voice: Voice<'_>, categories: &Categories, draft: &Draft) -> Vec<ListRow> {
    let mut all = categories.offered(&draft.guesses);
    let show = |category: &OfficeCategory| row(format!("kategori:{}", category.key), &category.name, None);
    if all.len() <= ROWS {
        return all.into_iter().map(show).collect();
    }
    // Every page has the way to the next one and the last resort.
    let last = all.pop();
    let per_page = ROWS - 2;
    let pages = all.len().div_ceil(per_page);
    let page = usize::from(draft.category_page) % pages;
    let mut rows: Vec<ListRow> = all.into_iter().skip(page * per_page).take(per_page).map(show).collect();
    let more = voice.pick("Kategori lain…", "More categories…");
    rows.push(row(format!("kategori_hal:{}", (page + 1) % pages), &more, None));
    rows.extend(last.map(show));
    rows
}

pub fn address_help(voice: Voice<'_>) -> Reply {
    place(voice, &table::PLACE_HELP)
}

/// The complaint as it will be sent.
pub fn shown(voice: Voice<'_>, draft: &Draft) -> String {
    let category = draft.kategori_nama.clone().unwrap_or_default();
    let problem = clipped(draft.deskripsi.as_deref().unwrap_or_default(), 350);
    let mut lines = vec![
        format!("*{}:* {problem}", voice.pick("Masalah", "Problem")),
        format!("*{}:* {category}", voice.pick("Kategori", "Category")),
        format!("*{}:* {}", voice.pick("Lokasi", "Location"), clipped(&draft.place(), 250)),
    ];
    lines.extend(shown_extras(voice, draft));
    if !draft.media.is_empty() {
        lines.push(format!("*{}:* {}", voice.pick("Lampiran", "Attachments"), draft.media.len()));
    }
    if draft.anonim {
        lines.push(voice.pick("_Dikirim tanpa nama_", "_Sent without your name_"));
    }
    if draft.rahasia {
        lines.push(voice.pick("_Bersifat rahasia_", "_Kept confidential_"));
    }
    lines.join("\n")
}

/// Shows the complaint and asks for a yes.
pub fn confirm(voice: Voice<'_>, draft: &Draft) -> Reply {
    let buttons = vec![
        button("ya", &voice.pick("Ya, kirim", "Yes, send")),
        button("ubah", &voice.pick("Ubah", "Change")),
        button("batal", &voice.pick("Batal", "Cancel")),
    ];
    with_buttons(voice.with(&table::CONFIRM, [("laporan", shown(voice, draft))]), buttons)
}

/// The same where no buttons can be shown.
pub fn confirm_by_words(voice: Voice<'_>, draft: &Draft) -> String {
    voice.with(&table::CONFIRM_BY_WORDS, [("laporan", shown(voice, draft))])
}

/// Asks what to change. A category's own questions are changed by naming them.
pub fn what_to_change(voice: Voice<'_>) -> Reply {
    let buttons = vec![
        button("ubah:deskripsi", &voice.pick("Masalah", "Problem")),
        button("ubah:alamat", &voice.pick("Lokasi", "Location")),
        button("ubah:kategori", &voice.pick("Kategori", "Category")),
    ];
    with_buttons(voice.say(&table::WHAT_TO_CHANGE), buttons)
}

pub fn dropped(voice: Voice<'_>) -> Reply {
    with_menu(voice, &table::DROPPED)
}

/// It was made, and has this number.
pub fn created(voice: Voice<'_>, number: ComplaintNumber, due_at: Option<DateTime<Utc>>) -> String {
    voice.with(&table::CREATED, [("nomor", number.to_string()), ("batas", due_at.map(day).unwrap_or_default())])
}

/// The complaint that was told of meanwhile.
pub fn next_one(voice: Voice<'_>, text: &str) -> Reply {
    let text = voice.with(&table::NEXT_ONE, [("laporan", clipped(text, 200))]);
    with_buttons(text, yes_or_no(voice, "Ya, lanjut", "Yes, go on"))
}

pub(super) fn yes_or_no(voice: Voice<'_>, yes: &str, in_english: &str) -> Vec<Button> {
    vec![button("ya", &voice.pick(yes, in_english)), button("tidak", &voice.pick("Tidak", "No"))]
}

pub fn system_away(voice: Voice<'_>, sending: bool) -> String {
    voice.say(if sending { &table::AWAY_WHILE_SENDING } else { &table::AWAY })
}

/// What to do first.
pub fn emergency(voice: Voice<'_>, numbers: &[String]) -> String {
    let numbers = numbers.iter().map(|number| format!("*{number}*")).collect::<Vec<_>>().join(" / ");
    voice.with(&table::EMERGENCY, [("nomor", numbers)])
}

/// Pictures again and again: what is needed, and the way to a person.
pub fn media_again(voice: Voice<'_>, count: usize) -> Reply {
    with_buttons(voice.with(&table::MEDIA_AGAIN, [("jumlah", count.to_string())]), vec![officer(voice)])
}

/// Back to the menu after something was dropped.
pub fn what_next(voice: Voice<'_>) -> Reply {
    with_buttons(voice.say(&table::WHAT_NEXT), menu(voice))
}
