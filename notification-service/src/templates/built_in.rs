//! The texts that an office starts with, and the variables that they may use.

/// What every text about a complaint may use: its number, the words for its status, its category, the day it is due,
/// what staff wrote, who has it now, and the complaint that it repeats. What is not known is empty.
pub const COMPLAINT_VARIABLES: [&str; 7] =
    ["nomor", "status", "kategori", "batas", "catatan", "instansi", "nomor_asal"];

/// Every built-in text by name.
pub const ALL: [(&str, &str); 13] = [
    (
        "complaint_created",
        "Terima kasih, laporan Anda sudah kami terima dengan nomor *{{ nomor }}*{% if kategori %} ({{ kategori }}){% endif %}. 🙏\n\
         {% if batas %}Kami upayakan tuntas paling lambat {{ batas }}. {% endif %}\
         Simpan nomor ini, ya. Anda bisa menanyakan perkembangannya kapan saja di sini.",
    ),
    (
        "complaint_baru",
        "Terima kasih, keterangan Anda untuk laporan *{{ nomor }}* sudah kami terima. Laporan kembali kami periksa.",
    ),
    (
        "complaint_terverifikasi",
        "Laporan *{{ nomor }}* sudah kami periksa dan siap ditindaklanjuti (status: *{{ status }}*).",
    ),
    (
        "complaint_diproses",
        "Kabar baik! Laporan *{{ nomor }}* sedang ditangani petugas (status: *{{ status }}*).\
         {% if catatan %}\n\n{{ catatan }}{% endif %}",
    ),
    (
        "complaint_menunggu_warga",
        "Agar laporan *{{ nomor }}* bisa dilanjutkan, kami perlu keterangan dari Anda:\n\n\
         {{ catatan }}\n\nSilakan balas langsung di sini, ya. Terima kasih.",
    ),
    (
        "complaint_selesai",
        "Laporan *{{ nomor }}* sudah *selesai* ditangani. ✅{% if catatan %}\n\n{{ catatan }}{% endif %}\n\n\
         Bila masalahnya belum tuntas, balas pesan ini agar laporan kami buka kembali. Terima kasih atas kepedulian Anda!",
    ),
    (
        "complaint_ditolak",
        "Mohon maaf, laporan *{{ nomor }}* belum dapat kami tindaklanjuti (status: *{{ status }}*).\
         {% if catatan %}\n\nAlasannya: {{ catatan }}{% endif %}\n\nBila Anda keberatan, silakan balas pesan ini.",
    ),
    (
        "complaint_dialihkan",
        "Laporan *{{ nomor }}* kami teruskan ke {% if instansi %}*{{ instansi }}*{% else %}instansi yang berwenang{% endif %}, \
         yang akan menanganinya.{% if catatan %}\n\n{{ catatan }}{% endif %}",
    ),
    (
        "complaint_duplikat",
        "Laporan *{{ nomor }}* membahas hal yang sama dengan laporan {% if nomor_asal %}*{{ nomor_asal }}*{% else %}lain{% endif %} \
         yang sudah kami tangani, jadi keduanya kami satukan. Terima kasih sudah ikut melapor!",
    ),
    (
        "complaint_dibatalkan",
        "Laporan *{{ nomor }}* sudah dibatalkan. Bila perlu, Anda bisa melapor lagi kapan saja di sini.",
    ),
    (
        "complaint_dibuka_kembali",
        "Laporan *{{ nomor }}* kami buka kembali dan akan kami tangani lagi.{% if catatan %}\n\n{{ catatan }}{% endif %}",
    ),
    ("complaint_catatan", "Kabar tentang laporan *{{ nomor }}*:{% if catatan %}\n\n{{ catatan }}{% endif %}"),
    // Nothing but the number: whoever looks at the phone learns nothing of a confidential report.
    (
        "complaint_rahasia",
        "Ada perkembangan pada laporan *{{ nomor }}*. Demi kerahasiaan, rinciannya tidak kami kirim lewat pesan. \
         Silakan hubungi kantor kami.",
    ),
];

/// The built-in text of this name.
pub fn text(name: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use contracts::ComplaintStatus;

    use super::*;
    use crate::complaints::status_template;
    use crate::templates::render::{render, variables};

    #[test]
    fn every_status_has_a_text_that_says_the_number() {
        for status in ComplaintStatus::ALL {
            let text = text(status_template(status)).expect("a text");
            assert!(text.contains("{{ nomor }}"), "{status}");
        }
    }

    #[test]
    fn every_text_works_with_the_variables_that_there_are_full_or_empty() {
        for (name, text) in ALL {
            let used = variables(text).expect("a readable text");
            assert!(used.iter().all(|variable| COMPLAINT_VARIABLES.contains(&variable.as_str())), "{name}: {used:?}");
            for value in ["", "nilai"] {
                let all: BTreeMap<_, _> =
                    COMPLAINT_VARIABLES.iter().map(|name| ((*name).to_owned(), value.to_owned())).collect();
                let said = render(text, &all).expect("a text");
                assert!(!said.contains("{{") && !said.contains("{%") && !said.contains("  "), "{name}: {said}");
            }
        }
    }
}
