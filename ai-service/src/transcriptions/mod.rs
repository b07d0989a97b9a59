//! What is said in a recording, written down by a provider that the operator trusts with voices.
//!
//! Called by channel-service for voice notes. A recording can't be masked: without a trusted provider there is no
//! transcript, and the caller is told so in a way that it can tell from a failure.

pub mod http;

/// The largest recording; WhatsApp's own limit.
pub const LARGEST: u64 = 16 * 1024 * 1024;
/// The longest transcript that is handed on.
pub const LONGEST: usize = 8_000;

/// What providers can hear, by the file's own first bytes: what a caller says of a file proves nothing.
pub fn sound_of(bytes: &[u8]) -> Option<&'static str> {
    let at = |from: usize, sign: &[u8]| bytes.get(from..from + sign.len()) == Some(sign);
    Some(match bytes {
        _ if at(0, b"OggS") => "audio/ogg",
        _ if at(0, b"ID3") || at(0, &[0xff, 0xfb]) || at(0, &[0xff, 0xf3]) || at(0, &[0xff, 0xf2]) => "audio/mp3",
        _ if at(0, b"RIFF") && at(8, b"WAVE") => "audio/wav",
        _ if at(4, b"ftyp") => "audio/mp4",
        _ if at(0, b"#!AMR") => "audio/amr",
        _ if at(0, b"fLaC") => "audio/flac",
        _ if at(0, &[0xff, 0xf1]) || at(0, &[0xff, 0xf9]) => "audio/aac",
        _ if at(0, &[0x1a, 0x45, 0xdf, 0xa3]) => "audio/webm",
        _ => return None,
    })
}

/// A transcript as it is handed on: without control characters, bounded. `None`: nothing was said.
pub fn tidy(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST).collect();
    let text = text.trim();
    text.chars().any(char::is_alphanumeric).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_is_known_by_its_first_bytes() {
        assert_eq!(sound_of(b"OggS\0rest"), Some("audio/ogg"));
        assert_eq!(sound_of(b"\0\0\0 ftypM4A "), Some("audio/mp4"));
        assert_eq!(sound_of(b"\x89PNG\r\n"), None);
        assert_eq!(sound_of(b""), None);
    }

    #[test]
    fn a_transcript_is_bounded_and_clean() {
        assert_eq!(tidy(" lampu\u{7} mati\n").as_deref(), Some("lampu mati"));
        assert_eq!(tidy(" … "), None);
        assert_eq!(tidy(&"a".repeat(LONGEST * 2)).map(|text| text.len()), Some(LONGEST));
    }
}
