//! What the citizen reads when a turn ends without the assistant's answer, and when somebody will read theirs.
//!
//! Pure. An office may word them itself: `bot_texts` under the keys below, with `{waktu}` for the time.

use chrono::{DateTime, Utc};
use contracts::office::OfficeSettings;
use contracts::office::hours::{in_english, in_indonesian};

/// The office's own holding text.
const HOLDING_KEY: &str = "channel.holding";
/// The office's own note outside of its hours.
const CLOSED_KEY: &str = "channel.closed";

const HOLDING: &str = "Mohon maaf, jawabannya butuh waktu lebih lama dari biasanya 🙏 Pesan Bapak/Ibu sudah kami terima dan akan dibalas oleh petugas kami.";
const HOLDING_ENGLISH: &str =
    "Sorry, this answer takes longer than usual 🙏 We have received your message and our staff will reply to you.";

/// When no answer was found in time.
pub fn holding(settings: &OfficeSettings, english: bool, now: DateTime<Utc>) -> String {
    let own = settings.bot_texts.get(HOLDING_KEY).filter(|_| !english);
    let text = own.map_or(if english { HOLDING_ENGLISH } else { HOLDING }, String::as_str);
    with_opening(Some(text), settings, english, now).unwrap_or_default()
}

/// The text, and when somebody will answer if nobody does now. `None`: there is nothing to say.
pub fn with_opening(
    text: Option<&str>,
    settings: &OfficeSettings,
    english: bool,
    now: DateTime<Utc>,
) -> Option<String> {
    let note = closed(settings, english, now);
    match (text.map(str::trim).filter(|text| !text.is_empty()), note) {
        (Some(text), Some(note)) => Some(format!("{text}\n\n{note}")),
        (Some(text), None) => Some(text.to_owned()),
        (None, note) => note,
    }
}

fn closed(settings: &OfficeSettings, english: bool, now: DateTime<Utc>) -> Option<String> {
    if settings.is_open(now) {
        return None;
    }
    let opening = settings.next_opening(now)?;
    if let Some(own) = settings.bot_texts.get(CLOSED_KEY).filter(|_| !english) {
        return Some(own.replace("{waktu}", &in_indonesian(opening)));
    }
    Some(if english {
        format!("Our office is closed now. Our staff will reply from {}.", in_english(opening))
    } else {
        format!("Saat ini di luar jam layanan. Petugas kami akan membalas mulai {}.", in_indonesian(opening))
    })
}

/// Whether a text is English rather than Indonesian: by the little words that one of them can't do without.
pub fn is_english(text: &str) -> bool {
    const ENGLISH: [&str; 14] =
        ["the", "is", "are", "you", "your", "we", "our", "to", "and", "will", "please", "my", "hello", "with"];
    const INDONESIAN: [&str; 16] = [
        "yang", "dan", "di", "ke", "kami", "anda", "saya", "akan", "petugas", "bapak", "ibu", "tidak", "ada", "pak",
        "mau", "untuk",
    ];
    let text = text.to_lowercase();
    let count = |words: &[&str]| text.split(|c: char| !c.is_alphanumeric()).filter(|word| words.contains(word)).count();
    count(&ENGLISH) > count(&INDONESIAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn outside_of_office_hours_the_citizen_is_told_when_somebody_will_answer() {
        let office = OfficeSettings::default();
        // Saturday noon in Jakarta.
        let saturday = at("2026-11-21T05:00:00Z");
        let text = with_opening(Some("Baik, kami sambungkan."), &office, false, saturday).expect("a text");
        assert!(text.starts_with("Baik, kami sambungkan.\n\n") && text.contains("Senin, 23 November pukul 08.00 WIB"));
        assert!(
            with_opening(None, &office, true, saturday).expect("a note").contains("Monday, 23 November at 08:00 WIB")
        );
        let friday = at("2026-11-20T02:00:00Z");
        assert_eq!(with_opening(Some("Baik."), &office, false, friday).as_deref(), Some("Baik."));
        assert_eq!(with_opening(None, &office, false, friday), None);
    }

    #[test]
    fn an_office_may_word_it_itself() {
        let mut office = OfficeSettings::default();
        office.bot_texts.insert(CLOSED_KEY.to_owned(), "Tutup. Buka lagi {waktu}.".to_owned());
        office.bot_texts.insert(HOLDING_KEY.to_owned(), "Sebentar ya.".to_owned());
        let text = holding(&office, false, at("2026-11-21T05:00:00Z"));
        assert_eq!(text, "Sebentar ya.\n\nTutup. Buka lagi Senin, 23 November pukul 08.00 WIB.");
    }

    #[test]
    fn english_is_told_from_indonesian() {
        assert!(is_english("Hello, I would like to talk to your staff please"));
        for text in ["Baik, kami sambungkan dengan petugas.", "mau lapor jalan rusak pak", "🙏", ""] {
            assert!(!is_english(text), "{text}");
        }
    }
}
