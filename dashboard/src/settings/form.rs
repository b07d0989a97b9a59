//! The form as it is sent, read into settings, every mistake named. Pure.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{NaiveDate, NaiveTime};
use contracts::office::{OfficeSettings, OpenHours, QuietHours};

/// The days as people call them; the first is 1.
pub const WEEKDAYS: [&str; 7] = ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"];
/// Spans of one day: before and after a break.
pub const SPANS: usize = 2;
/// The assistant uses no longer text.
const LONGEST_TEXT: usize = 900;

/// A number's field: its name, its label, what is possible.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    pub name: &'static str,
    pub label: &'static str,
    pub unit: &'static str,
    pub least: u32,
    pub most: u32,
    pub get: fn(&OfficeSettings) -> u32,
    set: fn(&mut OfficeSettings, u32),
}

/// Every number that an office sets.
pub const AMOUNTS: [Amount; 7] = [
    Amount {
        name: "turn_quiet_ms",
        label: "Jeda sebelum menjawab",
        unit: "milidetik tanpa pesan baru",
        least: 0,
        most: 30_000,
        get: |settings| settings.turn_quiet_ms,
        set: |settings, value| settings.turn_quiet_ms = value,
    },
    Amount {
        name: "turn_max_ms",
        label: "Paling lama menunggu rentetan pesan",
        unit: "milidetik",
        least: 500,
        most: 60_000,
        get: |settings| settings.turn_max_ms,
        set: |settings, value| settings.turn_max_ms = value,
    },
    Amount {
        name: "turn_deadline_seconds",
        label: "Batas waktu jawaban asisten",
        unit: "detik",
        least: 5,
        most: 300,
        get: |settings| settings.turn_deadline_seconds,
        set: |settings, value| settings.turn_deadline_seconds = value,
    },
    Amount {
        name: "media_wait_seconds",
        label: "Menunggu foto dan rekaman selesai diambil",
        unit: "detik",
        least: 0,
        most: 60,
        get: |settings| settings.media_wait_seconds,
        set: |settings, value| settings.media_wait_seconds = value,
    },
    Amount {
        name: "flood_messages_per_minute",
        label: "Lebih dari ini dijawab lebih lambat",
        unit: "pesan per menit dari satu warga",
        least: 1,
        most: 1_000,
        get: |settings| settings.flood_messages_per_minute,
        set: |settings, value| settings.flood_messages_per_minute = value,
    },
    Amount {
        name: "takeover_silence_seconds",
        label: "Percakapan kembali ke asisten setelah petugas diam",
        unit: "detik",
        least: 60,
        most: 86_400,
        get: |settings| settings.takeover_silence_seconds,
        set: |settings, value| settings.takeover_silence_seconds = value,
    },
    Amount {
        name: "takeover_warning_seconds",
        label: "Petugas diingatkan sebelum itu",
        unit: "detik",
        least: 0,
        most: 3_600,
        get: |settings| settings.takeover_warning_seconds,
        set: |settings, value| settings.takeover_warning_seconds = value,
    },
];

/// The fields as they came.
#[derive(Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// A field's value, without spaces around it.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// The office's name and settings, or every mistake in a sentence. What the form does not hold stays as it is.
    pub fn read(&self, before: &OfficeSettings) -> Result<(String, OfficeSettings), Vec<String>> {
        let mut wrong = Vec::new();
        let name = self.get("name").to_owned();
        if name.is_empty() || name.chars().count() > 120 {
            wrong.push("Nama kantor harus diisi, paling panjang 120 huruf.".to_owned());
        }
        let mut settings = before.clone();
        for amount in AMOUNTS {
            match self.get(amount.name).parse() {
                Ok(value) if (amount.least..=amount.most).contains(&value) => (amount.set)(&mut settings, value),
                _ => wrong.push(format!("{}: isi angka {} sampai {}.", amount.label, amount.least, amount.most)),
            }
        }
        if settings.turn_quiet_ms > settings.turn_max_ms {
            wrong.push("Jeda sebelum menjawab tidak boleh lebih lama dari waktu menunggu rentetan pesan.".to_owned());
        }
        if settings.takeover_warning_seconds >= settings.takeover_silence_seconds {
            wrong.push("Petugas harus diingatkan sebelum percakapan kembali ke asisten.".to_owned());
        }
        settings.hours = self.hours(&mut wrong);
        settings.closed_days = self.closed_days(&mut wrong);
        settings.quiet_hours = self.quiet_hours(&mut wrong);
        settings.greeting_name = self.text("greeting_name");
        settings.greeting = self.text("greeting");
        settings.emergency_numbers = lines(self.get("emergency_numbers"));
        settings.bot_texts = self.bot_texts(&mut wrong);
        if settings.greeting.as_ref().is_some_and(|text| too_long(text)) {
            wrong.push("Sapaan terlalu panjang: paling banyak 900 huruf.".to_owned());
        }
        if wrong.is_empty() { Ok((name, settings)) } else { Err(wrong) }
    }

    fn text(&self, name: &str) -> Option<String> {
        Some(self.get(name).to_owned()).filter(|text| !text.is_empty())
    }

    fn hours(&self, wrong: &mut Vec<String>) -> Vec<OpenHours> {
        let mut all = Vec::new();
        for (weekday, day) in (1_u8..).zip(WEEKDAYS) {
            let mut last = None;
            for span in 0..SPANS {
                let (from, to) =
                    (self.get(&format!("from-{weekday}-{span}")), self.get(&format!("to-{weekday}-{span}")));
                match (time(from), time(to)) {
                    _ if from.is_empty() && to.is_empty() => {}
                    (Some(from), Some(to)) if from < to && last.is_none_or(|last| last <= from) => {
                        last = Some(to);
                        all.push(OpenHours { weekday, from, to });
                    }
                    _ => wrong.push(format!("Jam buka {day}: isi jam buka dan tutup, berurutan.")),
                }
            }
        }
        all
    }

    fn closed_days(&self, wrong: &mut Vec<String>) -> Vec<NaiveDate> {
        let mut days = Vec::new();
        for line in lines(self.get("closed_days")) {
            match line.parse() {
                Ok(day) => days.push(day),
                Err(_) => wrong.push(format!("Hari libur \"{line}\": tulis sebagai 2026-12-25, satu per baris.")),
            }
        }
        days.sort();
        days.dedup();
        days
    }

    fn quiet_hours(&self, wrong: &mut Vec<String>) -> Option<QuietHours> {
        let (from, to) = (self.get("quiet_from"), self.get("quiet_to"));
        match (time(from), time(to)) {
            _ if from.is_empty() && to.is_empty() => None,
            (Some(from), Some(to)) if from != to => Some(QuietHours { from, to }),
            _ => {
                wrong.push("Jam tenang: isi jam mulai dan selesai, atau kosongkan keduanya.".to_owned());
                None
            }
        }
    }

    fn bot_texts(&self, wrong: &mut Vec<String>) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        for (key, text) in self.all("text_key").zip(self.all("text")).filter(|(_, text)| !text.is_empty()) {
            let good = !key.is_empty()
                && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
            match texts.entry(key.to_owned()) {
                _ if !good => wrong
                    .push("Teks asisten: kunci terdiri dari huruf kecil, angka, titik, dan garis bawah.".to_owned()),
                _ if too_long(text) => {
                    wrong.push(format!("Teks asisten \"{key}\" terlalu panjang: paling banyak {LONGEST_TEXT} huruf."));
                }
                Entry::Occupied(_) => wrong.push(format!("Teks asisten \"{key}\" ada dua kali.")),
                Entry::Vacant(place) => drop(place.insert(text.to_owned())),
            }
        }
        texts
    }
}

fn time(text: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"].iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok())
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn too_long(text: &str) -> bool {
    text.encode_utf16().count() > LONGEST_TEXT
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form of an office as it is drawn.
    fn drawn(settings: &OfficeSettings) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> = vec![("name".into(), "Desa Sukamaju".into())];
        fields.extend(AMOUNTS.map(|amount| (amount.name.to_owned(), (amount.get)(settings).to_string())));
        for hours in &settings.hours {
            fields.push((format!("from-{}-0", hours.weekday), hours.from.format("%H:%M").to_string()));
            fields.push((format!("to-{}-0", hours.weekday), hours.to.format("%H:%M").to_string()));
        }
        fields.push(("emergency_numbers".into(), settings.emergency_numbers.join("\n")));
        fields
    }

    fn with(more: &[(&str, &str)]) -> Result<(String, OfficeSettings), Vec<String>> {
        let before = OfficeSettings::default();
        let mut fields = drawn(&before);
        fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Fields(fields).read(&before)
    }

    #[test]
    fn what_is_drawn_and_sent_unchanged_stays_the_same() {
        assert_eq!(with(&[]), Ok(("Desa Sukamaju".to_owned(), OfficeSettings::default())));
    }

    #[test]
    fn what_is_filled_in_is_set() {
        let (_, settings) = with(&[
            ("closed_days", "2026-12-25\n 2026-01-01 \n\n2026-12-25"),
            ("quiet_from", "21:00"),
            ("quiet_to", "06:00"),
            ("from-6-0", "09:00"),
            ("to-6-0", "11:00"),
            ("from-6-1", "13:00"),
            ("to-6-1", "15:00"),
            ("text_key", "holding"),
            ("text", "Sebentar ya"),
        ])
        .expect("good");
        assert_eq!(settings.closed_days.len(), 2);
        assert!(settings.quiet_hours.is_some());
        assert_eq!(settings.hours.iter().filter(|hours| hours.weekday == 6).count(), 2);
        assert_eq!(settings.bot_texts["holding"], "Sebentar ya");
    }

    #[test]
    fn every_mistake_is_named() {
        let wrong = with(&[
            ("name", ""),
            ("turn_quiet_ms", "banyak"),
            ("from-1-0", "16:00"),
            ("to-1-0", "08:00"),
            ("closed_days", "natal"),
            ("quiet_from", "21:00"),
            ("text_key", "Bukan Kunci"),
            ("text", "x"),
        ])
        .expect_err("bad");
        assert_eq!(wrong.len(), 6, "{wrong:?}");
        let wrong = with(&[("takeover_warning_seconds", "1800")]).expect_err("bad");
        assert!(wrong[0].contains("diingatkan"), "{wrong:?}");
    }
}
