//! Which files are taken: by what their name says and what their first bytes are; the two must agree.

/// The largest file.
pub const LARGEST: u64 = 20 * 1024 * 1024;
/// The longest name that is kept.
const LONGEST_NAME: usize = 120;
/// A PDF may have a few bytes before its mark.
const PDF_MARK_WITHIN: usize = 1024;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Pdf,
    Docx,
    Text,
    Markdown,
    Html,
    Csv,
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error("the file is empty")]
    Empty,
    #[error("only pdf, docx, txt, md, html and csv are taken")]
    Unknown,
    #[error("an old Word file: save it as docx or pdf")]
    OldWord,
    #[error("the content is not what the name says")]
    Contradicts,
}

impl NotTaken {
    /// What staff read: what is wrong, and the remedy.
    pub fn said(self) -> &'static str {
        match self {
            Self::Empty => "Berkas ini kosong. Periksa berkasnya, lalu pilih lagi.",
            Self::Unknown => {
                "Jenis berkas ini tidak dapat dibaca. Simpan sebagai PDF, DOCX, TXT, MD, HTML, atau CSV, lalu unggah lagi."
            }
            Self::OldWord => {
                "Berkas Word lama (.doc) tidak dapat dibaca. Buka di Word, pilih Simpan Sebagai DOCX atau PDF, lalu unggah lagi."
            }
            Self::Contradicts => {
                "Isi berkas tidak sesuai dengan jenis pada namanya. Simpan ulang dari aplikasi asalnya, lalu unggah lagi."
            }
        }
    }
}

impl FileKind {
    /// What is sent to ai-service.
    pub fn mime_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::Csv => "text/csv",
        }
    }

    /// The word on pages.
    pub fn label(mime_type: &str) -> &'static str {
        const ALL: [(FileKind, &str); 6] = [
            (FileKind::Pdf, "PDF"),
            (FileKind::Docx, "DOCX"),
            (FileKind::Text, "TXT"),
            (FileKind::Markdown, "MD"),
            (FileKind::Html, "HTML"),
            (FileKind::Csv, "CSV"),
        ];
        ALL.into_iter().find(|(kind, _)| kind.mime_type() == mime_type).map_or("Berkas", |(_, label)| label)
    }

    fn by_name(name: &str) -> Result<Self, NotTaken> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "pdf" => Ok(Self::Pdf),
            "docx" => Ok(Self::Docx),
            "txt" => Ok(Self::Text),
            "md" | "markdown" => Ok(Self::Markdown),
            "html" | "htm" => Ok(Self::Html),
            "csv" => Ok(Self::Csv),
            "doc" => Err(NotTaken::OldWord),
            _ => Err(NotTaken::Unknown),
        }
    }

    /// What a file with this name and these first bytes is.
    pub fn read(name: &str, head: &[u8]) -> Result<Self, NotTaken> {
        let kind = Self::by_name(name)?;
        if head.is_empty() {
            return Err(NotTaken::Empty);
        }
        let found = infer::get(head).map(|found| found.mime_type());
        let agrees = match kind {
            Self::Pdf => head[..head.len().min(PDF_MARK_WITHIN)].windows(5).any(|bytes| bytes == b"%PDF-"),
            // Its first part may be any of the package's; ai-service looks inside.
            Self::Docx => found == Some(Self::Docx.mime_type()) || found == Some("application/zip"),
            Self::Text | Self::Markdown | Self::Html | Self::Csv => {
                found.is_none_or(|mime| mime.starts_with("text/")) && !head.contains(&0)
            }
        };
        if agrees { Ok(kind) } else { Err(NotTaken::Contradicts) }
    }
}

/// A file's name as it is shown and given back: no folders, nothing that can't be seen, not too long, its ending kept.
pub fn clean_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|c| !is_hidden(*c)).collect();
    let name = seen.trim().trim_start_matches('.');
    if name.is_empty() {
        return "dokumen".to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 8 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let stem: String = stem.chars().take(LONGEST_NAME - ending.chars().count()).collect();
    format!("{stem}{ending}")
}

/// Control characters, and those that turn the direction of writing: a name must read as it is.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A title for a document that was given none: its file's name without the ending.
pub fn title_from(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.replace(['_', '-'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn name_and_content_must_agree() {
        for (name, head, expected) in [
            ("Perda.PDF", &b"%PDF-1.7 ..."[..], Ok(FileKind::Pdf)),
            ("perda.pdf", b"\n\n%PDF-1.4", Ok(FileKind::Pdf)),
            ("perda.pdf", b"MZ\x90\x00", Err(NotTaken::Contradicts)),
            ("surat.docx", b"PK\x03\x04\x14\x00", Ok(FileKind::Docx)),
            ("surat.docx", b"%PDF-1.7", Err(NotTaken::Contradicts)),
            ("surat.doc", b"\xd0\xcf\x11\xe0", Err(NotTaken::OldWord)),
            ("catatan.txt", "jam layanan: 08.00–16.00".as_bytes(), Ok(FileKind::Text)),
            ("catatan.txt", b"MZ\x90\x00\x03", Err(NotTaken::Contradicts)),
            ("catatan.md", b"# Judul", Ok(FileKind::Markdown)),
            ("halaman.htm", b"<!DOCTYPE html><html>", Ok(FileKind::Html)),
            ("tarif.csv", b"layanan;biaya\nKTP;0\n", Ok(FileKind::Csv)),
            ("tarif.csv", b"PK\x03\x04", Err(NotTaken::Contradicts)),
            ("program.exe", b"MZ", Err(NotTaken::Unknown)),
            ("tanpa ending", b"halo", Err(NotTaken::Unknown)),
            ("kosong.txt", b"", Err(NotTaken::Empty)),
        ] {
            assert_eq!(FileKind::read(name, head), expected, "{name}");
        }
    }

    #[test]
    fn a_name_keeps_nothing_that_leads_elsewhere_or_can_not_be_seen() {
        for (raw, clean) in [
            ("../../etc/passwd.txt", "passwd.txt"),
            (r"C:\Users\Siti\Syarat KTP.pdf", "Syarat KTP.pdf"),
            ("perda\u{202e}fdp.exe.pdf", "perdafdp.exe.pdf"),
            ("a\0b\r\nc.txt", "abc.txt"),
            ("...", "dokumen"),
            (".htaccess", "htaccess"),
            ("", "dokumen"),
        ] {
            assert_eq!(clean_name(raw), clean);
        }
        let long = format!("{}.docx", "é".repeat(500));
        assert_eq!(clean_name(&long).chars().count(), LONGEST_NAME);
        assert_eq!(clean_name(&long).rsplit_once('.').map(|(_, ending)| ending), Some("docx"));
    }

    #[test]
    fn a_title_reads_like_one() {
        assert_eq!(title_from("syarat_pembuatan-KTP.pdf"), "syarat pembuatan KTP");
    }

    proptest! {
        #[test]
        fn any_name_and_any_bytes_are_answered(name in ".{0,300}", head in proptest::collection::vec(any::<u8>(), 0..64)) {
            let clean = clean_name(&name);
            prop_assert!(!clean.is_empty() && clean.chars().count() <= LONGEST_NAME);
            prop_assert!(!clean.contains(['/', '\\', '\n', '\r', '\0']));
            let _ = FileKind::read(&clean, &head);
        }
    }
}
