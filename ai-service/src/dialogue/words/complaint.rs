//! The words around a complaint: questions, what will be sent, what was sent, what to do in danger.

use chrono::{DateTime, Utc};
use contracts::message::{List, ListRow, Reply};
use contracts::{Category, ComplaintNumber};

use super::{button, day, menu, pick, with_buttons};
use crate::dialogue::{Draft, Field};

pub fn voice(english: bool) -> String {
    pick(
        english,
        "Terima kasih. Pesan suara belum bisa saya dengarkan, tetapi saya simpan untuk petugas.",
        "Thank you. I can't listen to voice notes yet, but I have kept it for the officers.",
    )
}

pub fn media_received(english: bool) -> String {
    pick(
        english,
        "Terima kasih, kirimannya sudah saya terima dan saya simpan.",
        "Thank you, I have received and kept it.",
    )
}

pub fn media_kept(english: bool) -> String {
    pick(english, "Terima kasih, saya lampirkan pada laporan.", "Thank you, I have attached it to the report.")
}

pub fn taking(english: bool) -> String {
    pick(english, "Baik, saya bantu catat laporannya.", "All right, I'll take your report.")
}

/// The question for one field.
pub fn ask(english: bool, field: Field, draft: &Draft) -> Reply {
    match field {
        Field::Deskripsi if draft.media.is_empty() => Reply::text(pick(
            english,
            "Apa masalah yang ingin dilaporkan? Ceritakan singkat saja, misalnya: _lampu jalan mati sudah seminggu_.",
            "What would you like to report? A short description is enough, e.g. _the street light has been out for a week_.",
        )),
        Field::Deskripsi => Reply::text(pick(
            english,
            "Masalah apa yang terlihat di situ? Ceritakan singkat saja.",
            "What problem does it show? A short description is enough.",
        )),
        Field::Kategori => Reply {
            text: pick(english, "Laporan ini termasuk yang mana?", "Which of these fits your report best?"),
            list: Some(List {
                button: pick(english, "Pilih kategori", "Choose category"),
                rows: category_rows(&draft.guesses),
            }),
            ..Reply::default()
        },
        Field::Alamat => Reply {
            text: pick(
                english,
                "Di mana lokasinya? Tulis alamatnya (jalan, nomor, RT/RW, kelurahan), atau kirim titik lokasi.",
                "Where is it? Write the address (street, number, RT/RW, kelurahan), or send a location pin.",
            ),
            request_location: true,
            ..Reply::default()
        },
    }
}

/// At most ten rows: the likeliest first, "Lainnya" last.
fn category_rows(guesses: &[Category]) -> Vec<ListRow> {
    let all = contracts::complaint::BUILT_IN_CATEGORIES.iter().map(|(key, _)| Category::from(*key));
    let mut keys: Vec<Category> =
        guesses.iter().filter(|category| category.built_in_name().is_some()).cloned().collect();
    keys.extend(all);
    let other = Category::from("lainnya");
    let mut seen = Vec::new();
    keys.retain(|key| {
        *key != other && !seen.contains(key) && {
            seen.push(key.clone());
            true
        }
    });
    keys.truncate(9);
    keys.push(other);
    keys.into_iter()
        .map(|key| ListRow {
            id: format!("kategori:{key}"),
            title: key.built_in_name().unwrap_or_default().to_owned(),
            description: None,
        })
        .collect()
}

pub fn address_help(english: bool) -> Reply {
    Reply {
        text: pick(
            english,
            "Tidak apa-apa. Kirim saja titik lokasi, atau sebutkan patokan terdekat (sekolah, masjid, toko) dan kelurahannya.",
            "No problem. Send a location pin, or name what stands nearby (a school, a mosque, a shop) and the kelurahan.",
        ),
        request_location: true,
        ..Reply::default()
    }
}

/// The complaint as it will be sent.
pub(super) fn shown(english: bool, draft: &Draft) -> String {
    let category =
        draft.kategori.as_ref().map(|key| key.built_in_name().unwrap_or(&key.0).to_owned()).unwrap_or_default();
    let problem: String = draft.deskripsi.as_deref().unwrap_or_default().chars().take(400).collect();
    let mut lines = vec![
        format!("*{}:* {problem}", pick(english, "Masalah", "Problem")),
        format!("*{}:* {category}", pick(english, "Kategori", "Category")),
        format!("*{}:* {}", pick(english, "Lokasi", "Location"), draft.place()),
    ];
    if !draft.media.is_empty() {
        lines.push(format!("*{}:* {}", pick(english, "Lampiran", "Attachments"), draft.media.len()));
    }
    if draft.anonim {
        lines.push(pick(english, "_Dikirim tanpa nama_", "_Sent without your name_"));
    }
    if draft.rahasia {
        lines.push(pick(english, "_Bersifat rahasia_", "_Kept confidential_"));
    }
    lines.join("\n")
}

/// Shows the complaint and asks for a yes.
pub fn confirm(english: bool, draft: &Draft) -> Reply {
    let head = pick(english, "Mohon dicek dulu, ya:", "Please check:");
    let tail = pick(english, "Sudah benar dan boleh dikirim?", "Is this right, and shall I send it?");
    let buttons = vec![
        button("ya", pick(english, "Ya, kirim", "Yes, send")),
        button("ubah", pick(english, "Ubah", "Change")),
        button("batal", pick(english, "Batal", "Cancel")),
    ];
    with_buttons(format!("{head}\n\n{}\n\n{tail}", shown(english, draft)), buttons)
}

/// The same where no buttons can be shown.
pub fn confirm_by_words(english: bool, draft: &Draft) -> String {
    let tail = pick(english, "Balas *ya* untuk mengirim laporan ini.", "Reply *yes* to send this report.");
    format!("{}\n\n{tail}", shown(english, draft))
}

pub fn changed(english: bool) -> String {
    pick(english, "Baik, sudah saya ubah.", "All right, I have changed it.")
}

pub fn one_by_one(english: bool) -> String {
    pick(
        english,
        "Satu per satu, ya: kita selesaikan laporan ini dulu. Setelah itu silakan tulis laporan berikutnya.",
        "One at a time: let's finish this report first. After that, please write the next one.",
    )
}

pub fn what_to_change(english: bool) -> Reply {
    let text = pick(
        english,
        "Bagian mana yang ingin diubah? Bisa juga langsung tulis yang benar, misalnya: _Jl. Mawar No. 3 RT 01_.",
        "What should be changed? You can also write the right one, e.g. _Jl. Mawar No. 3 RT 01_.",
    );
    let buttons = vec![
        button("ubah:deskripsi", pick(english, "Masalah", "Problem")),
        button("ubah:alamat", pick(english, "Lokasi", "Location")),
        button("ubah:kategori", pick(english, "Kategori", "Category")),
    ];
    with_buttons(text, buttons)
}

pub fn dropped(english: bool) -> Reply {
    with_buttons(
        pick(
            english,
            "Baik, laporannya tidak jadi dikirim. Kalau perlu, saya siap membantu lagi.",
            "All right, the report was not sent. I'm here whenever you need me.",
        ),
        menu(english),
    )
}

pub fn created(english: bool, number: ComplaintNumber, due_at: Option<DateTime<Utc>>) -> Reply {
    let thanks = pick(
        english,
        "Terima kasih. Laporan Bapak/Ibu sudah kami terima dengan nomor",
        "Thank you. Your report has been received with the number",
    );
    let target = pick(english, "Target penyelesaian", "Target");
    let target = due_at.map(|due_at| format!("\n{target}: {}.", day(due_at))).unwrap_or_default();
    let status = pick(
        english,
        "Ketik *status* kapan saja untuk melihat perkembangannya.",
        "Write *status* at any time to see how it is going.",
    );
    Reply::text(format!("{thanks} *{number}*.{target}\n\n{status}"))
}

pub fn not_accepted(english: bool) -> String {
    pick(
        english,
        "Maaf, laporannya belum bisa dicatat oleh sistem. Isinya saya simpan, dan petugas akan membantu Bapak/Ibu di sini.",
        "Sorry, the system could not record the report. I have kept what you wrote, and an officer will help you here.",
    )
}

pub fn system_away(english: bool, sending: bool) -> String {
    if sending {
        pick(
            english,
            "Maaf, sistem sedang terganggu sehingga laporan belum dapat dipastikan terkirim. Isinya saya simpan: balas *ya* nanti untuk mencoba lagi. Petugas juga sudah saya beri tahu.",
            "Sorry, our system has a problem and I can't tell yet whether your report went through. I have kept it: reply *yes* later to try again. An officer has been told as well.",
        )
    } else {
        pick(
            english,
            "Maaf, sistem sedang terganggu sehingga permintaan itu belum bisa saya penuhi. Petugas sudah saya beri tahu.",
            "Sorry, our system has a problem and I can't do that right now. An officer has been told.",
        )
    }
}

/// What to do first.
pub fn emergency(english: bool, numbers: &[String]) -> String {
    let numbers = numbers.iter().map(|number| format!("*{number}*")).collect::<Vec<_>>().join(" / ");
    if numbers.is_empty() {
        return pick(
            english,
            "⚠️ Jauhi sumber bahaya dan utamakan keselamatan. Petugas kami sudah saya beri tahu.",
            "⚠️ Keep away from the danger; safety first. Our officers have been told.",
        );
    }
    if english {
        format!("⚠️ If anyone is in danger now, call {numbers} at once and keep away. Our officers have been told.")
    } else {
        format!(
            "⚠️ Bila ada bahaya saat ini, segera hubungi {numbers} dan jauhi lokasi. Petugas kami juga sudah saya beri tahu."
        )
    }
}
