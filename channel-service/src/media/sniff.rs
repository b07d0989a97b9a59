//! What a file is, by its first bytes; what WhatsApp or its sender says about it is a claim.

use infer::MatcherType;

/// A type that a browser only stores.
pub const OPAQUE: &str = "application/octet-stream";

/// Types that a browser may show; everything else is handed out as a file to save.
const SHOWN: [&str; 15] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "audio/ogg",
    "audio/opus",
    "audio/mpeg",
    "audio/mp4",
    "audio/m4a",
    "audio/aac",
    "audio/amr",
    "video/mp4",
    "video/3gpp",
    "video/quicktime",
    "application/pdf",
];

/// The type without its parameters: `audio/ogg; codecs=opus` is `audio/ogg`.
pub fn essence(mime: &str) -> String {
    mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a browser may show it.
pub fn is_shown(mime: &str) -> bool {
    SHOWN.contains(&mime)
}

/// The type to keep, or why the file is not taken.
pub fn judge(kind: &str, declared: Option<&str>, head: &[u8]) -> Result<String, &'static str> {
    let declared = declared.map(essence).unwrap_or_default();
    let found = infer::get(head);
    let class = found.map(|found| found.matcher_type());
    let mime = found.map(|found| found.mime_type().to_owned());
    if head.is_empty() {
        return Err("berkas kosong");
    }
    if class == Some(MatcherType::App) || infer::is_app(head) {
        return Err("berkas program tidak diterima");
    }
    match kind {
        "image" | "sticker" => match (class, mime) {
            (Some(MatcherType::Image), Some(mime)) => Ok(mime),
            _ => Err("isi berkas bukan gambar"),
        },
        "audio" | "voice" => match class {
            // Sound lies in the containers of films too.
            Some(MatcherType::Audio | MatcherType::Video) => {
                Ok(if declared.starts_with("audio/") { declared } else { mime.unwrap_or_else(|| OPAQUE.to_owned()) })
            }
            None => Ok(OPAQUE.to_owned()),
            Some(_) => Err("isi berkas bukan suara"),
        },
        "video" => match class {
            Some(MatcherType::Video) => Ok(mime.unwrap_or_else(|| OPAQUE.to_owned())),
            None if head.get(4..8) == Some(b"ftyp") => Ok("video/3gpp".to_owned()),
            None => Ok(OPAQUE.to_owned()),
            Some(_) => Err("isi berkas bukan video"),
        },
        // A document may be anything that is no program; pages and scripts are files to save.
        _ => Ok(match class {
            Some(MatcherType::Text) | None => OPAQUE.to_owned(),
            Some(_) => mime.unwrap_or_else(|| OPAQUE.to_owned()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const ELF: &[u8] = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(judge("image", Some("image/jpeg"), PNG).as_deref(), Ok("image/png"));
        assert_eq!(
            judge("audio", Some("audio/ogg; codecs=opus"), b"OggS\0\x02xxxxxxxxxxxxxxxxxxxxxxOpusHead").as_deref(),
            Ok("audio/ogg")
        );
        assert_eq!(judge("document", Some("application/pdf"), b"%PDF-1.7 ...").as_deref(), Ok("application/pdf"));
        assert_eq!(judge("document", Some("image/png"), b"<!DOCTYPE html><script>").as_deref(), Ok(OPAQUE));
        assert_eq!(judge("document", Some("text/plain"), b"halo").as_deref(), Ok(OPAQUE));
    }

    #[test]
    fn what_pretends_is_refused() {
        for (kind, head) in [
            ("image", &b"%PDF-1.7 ..."[..]),
            ("image", b"<html>"),
            ("image", b"no picture"),
            ("video", PNG),
            ("audio", PNG),
            ("document", ELF),
            ("image", ELF),
            ("document", b"MZ\x90\0\x03\0\0\0"),
            ("document", b""),
        ] {
            assert!(judge(kind, None, head).is_err(), "{kind} {head:?}");
        }
    }

    #[test]
    fn a_browser_runs_nothing_of_it() {
        assert!(is_shown("image/png") && is_shown("application/pdf"));
        for mime in ["text/html", "image/svg+xml", "application/xml", OPAQUE, "text/javascript"] {
            assert!(!is_shown(mime), "{mime}");
        }
    }
}
