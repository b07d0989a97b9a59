//! Every word that the assistant says: Indonesian, and English for citizens who write English.
//!
//! Short, warm, polite; WhatsApp's formatting (*bold*). Button titles have at most 20 characters, row titles 24. What
//! must stay true: nothing is promised that has not happened, and no number, date or fee is made up here.

mod complaint;
mod status;

use chrono::{DateTime, Utc};
use contracts::message::{Button, Reply};

use super::{Draft, Facts};

pub use complaint::*;
pub use status::*;

fn pick(english: bool, indonesian: &str, in_english: &str) -> String {
    if english { in_english } else { indonesian }.to_owned()
}

fn button(id: &str, title: String) -> Button {
    Button { id: id.to_owned(), title }
}

fn with_buttons(text: String, buttons: Vec<Button>) -> Reply {
    Reply { text, buttons, ..Reply::default() }
}

fn menu(english: bool) -> Vec<Button> {
    vec![
        button("lapor", pick(english, "Buat laporan", "Make a report")),
        button("status", pick(english, "Cek status", "Check status")),
        button("petugas", pick(english, "Bicara petugas", "Talk to an officer")),
    ]
}

/// One text, then the question that was open, with its choices.
pub fn then_back(first: &str, question: &Reply) -> Reply {
    Reply { text: format!("{first}\n\n{}", question.text), ..question.clone() }
}

fn salutation(english: bool, hour: u32, text: &str) -> String {
    let low = text.to_lowercase();
    if low.contains("assalam") || low.contains("asalamu") {
        return "Waalaikumsalam.".to_owned();
    }
    let (indonesian, in_english) = match hour {
        4..=10 => ("Selamat pagi.", "Good morning."),
        11..=14 => ("Selamat siang.", "Good afternoon."),
        15..=17 => ("Selamat sore.", "Good afternoon."),
        _ => ("Selamat malam.", "Good evening."),
    };
    pick(english, indonesian, in_english)
}

/// The first words.
pub fn greeting(english: bool, facts: &Facts, text: &str) -> Reply {
    let hello = salutation(english, facts.hour, text);
    let office = &facts.office_name;
    let text = if english {
        format!(
            "{hello} I'm the complaint desk assistant of *{office}*.\n\nTell me what is wrong in your area, or choose below."
        )
    } else {
        format!(
            "{hello} Saya asisten layanan pengaduan *{office}*.\n\nSilakan tulis keluhan Bapak/Ibu, atau pilih di bawah ini."
        )
    };
    with_buttons(text, menu(english))
}

/// A greeting in the middle of something.
pub fn short_greeting(english: bool, facts: &Facts, text: &str) -> Reply {
    Reply::text(salutation(english, facts.hour, text))
}

pub fn welcome(english: bool) -> Reply {
    Reply::text(pick(english, "Sama-sama, Bapak/Ibu. Senang bisa membantu. 🙏", "You're welcome. Glad to help. 🙏"))
}

pub fn what_next(english: bool) -> Reply {
    with_buttons(
        pick(english, "Baik. Ada yang bisa saya bantu lagi?", "All right. Is there anything else I can do?"),
        menu(english),
    )
}

/// Honest: nothing is known, a person may know.
pub fn not_known(english: bool) -> Reply {
    let text = pick(
        english,
        "Maaf, saya belum punya jawaban yang pasti untuk pertanyaan itu. Mau saya sambungkan dengan petugas?",
        "Sorry, I don't have a reliable answer to that. Shall I connect you with an officer?",
    );
    with_buttons(text, vec![menu(english).remove(2), menu(english).remove(0)])
}

pub fn out_of_scope(english: bool) -> Reply {
    let text = pick(
        english,
        "Maaf, itu di luar yang bisa saya bantu. Saya melayani pengaduan warga: membuat laporan, mengecek statusnya, atau menyambungkan ke petugas.",
        "Sorry, that is beyond what I can help with. I take citizens' reports, tell their status, and connect you with an officer.",
    );
    with_buttons(text, menu(english))
}

pub fn not_understood(english: bool) -> Reply {
    let text = pick(
        english,
        "Maaf, saya belum paham maksudnya. Bisa ditulis dengan kalimat lain, atau pilih di bawah ini?",
        "Sorry, I didn't understand. Could you put it another way, or choose below?",
    );
    with_buttons(text, menu(english))
}

pub fn not_caught(english: bool) -> String {
    pick(english, "Maaf, jawabannya belum saya tangkap.", "Sorry, I didn't catch that.")
}

pub fn unreadable(english: bool) -> Reply {
    let text = pick(
        english,
        "Maaf, pesan jenis itu belum bisa saya baca. Mohon ditulis dengan kata-kata, ya.",
        "Sorry, I can't read that kind of message. Please write it in words.",
    );
    with_buttons(text, menu(english))
}

/// Indonesia writes the day first.
fn day(time: DateTime<Utc>) -> String {
    platform::clock::jakarta(time).format("%d-%m-%Y").to_string()
}

pub fn person_comes(english: bool) -> String {
    pick(
        english,
        "Baik, saya sambungkan dengan petugas. Mohon tunggu, pesan Bapak/Ibu akan dibaca dan dijawab di sini.",
        "All right, I'm passing you to an officer. Please wait: your messages will be read and answered here.",
    )
}

pub fn giving_up(english: bool) -> String {
    pick(
        english,
        "Maaf, saya masih belum paham. Supaya tidak berlarut, saya sambungkan dengan petugas. Mohon tunggu sebentar, ya.",
        "Sorry, I still don't understand. I'm passing you to an officer. Please wait a moment.",
    )
}

/// What a person needs to know, in Indonesian: staff read it.
pub fn summary(reason: &str, last_words: &str, draft: Option<&Draft>) -> String {
    let why = match reason {
        "requested" => "Warga meminta bicara dengan petugas.",
        "repeated_failure" => "Asisten tidak berhasil membantu warga.",
        "danger" => "PERHATIAN: warga menyebut keadaan bahaya.",
        "deadline" => "Sistem pengaduan tidak menjawab; periksa apakah laporan sudah tercatat.",
        _ => "Warga memerlukan petugas.",
    };
    let mut parts = vec![why.to_owned()];
    let last_words: String = last_words.trim().chars().take(500).collect();
    if !last_words.is_empty() {
        parts.push(format!("Pesan terakhir: \"{last_words}\""));
    }
    if let Some(draft) = draft {
        parts.push(format!("Laporan yang sedang dibuat:\n{}", shown(false, draft)));
    }
    parts.join("\n")
}
