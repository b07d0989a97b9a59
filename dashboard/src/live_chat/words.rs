//! Words and times of conversations. The browser counts down with the same words as the server.

/// How long, in words: `baru saja`, `4 mnt`, `2 j 05 mnt`, `3 hari`.
pub fn span(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    match minutes {
        0 => "kurang dari 1 mnt".to_owned(),
        1..60 => format!("{minutes} mnt"),
        60..1_440 => format!("{} j {:02} mnt", minutes / 60, minutes % 60),
        _ => format!("{} hari", minutes / 1_440),
    }
}

/// Why a person is wanted.
pub fn reason(word: &str) -> String {
    match word {
        "requested" => "Warga meminta petugas".to_owned(),
        "danger" => "Keadaan darurat".to_owned(),
        "repeated_failure" => "Asisten tidak dapat membantu".to_owned(),
        "deadline" => "Asisten terlalu lama menjawab".to_owned(),
        "unconfirmed" => "Ada pesan yang belum pasti terkirim".to_owned(),
        "expired" | "silence" => "Petugas sebelumnya tidak melanjutkan".to_owned(),
        other => other.replace('_', " "),
    }
}

/// What a message without words is.
pub fn kind(word: &str) -> &'static str {
    match word {
        "image" => "Foto",
        "audio" | "voice" => "Pesan suara",
        "video" => "Video",
        "document" => "Dokumen",
        "sticker" => "Stiker",
        "location" => "Lokasi",
        "contacts" => "Kontak",
        "reaction" => "Reaksi",
        "interactive" | "button" => "Pilihan",
        "template" => "Pesan templat",
        "order" => "Pesanan",
        "revoke" => "Pesan dihapus",
        "text" => "Pesan",
        _ => "Pesan jenis lain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_like_clocks() {
        let seconds = [-5, 59, 60, 3_599, 7_500, 90_000, 260_000];
        let words = ["kurang dari 1 mnt", "kurang dari 1 mnt", "1 mnt", "59 mnt", "2 j 05 mnt", "1 hari", "3 hari"];
        assert_eq!(seconds.map(span), words.map(str::to_owned));
    }
}
