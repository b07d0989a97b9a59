//! The thirteen categories that every office starts with: how long the office may take, and what helps it to act.
//!
//! What is asked is little: each question costs some citizens, so only what staff would otherwise have to call back for.

use contracts::category::{CategoryField, FieldChoice, FieldKind, Sla, SlaUnit};

/// Complaints that someone has to go and look at have 60 working days, the others 14: the longest times that the
/// national complaint service allows.
const WITH_FIELD_CHECK: i32 = 60;
const WITHOUT_FIELD_CHECK: i32 = 14;

/// The time that an office starts with for a built-in category.
pub fn sla(key: &str) -> Sla {
    let amount = match key {
        "jalan_rusak" | "drainase_banjir" | "pencemaran" | "taman_fasum" | "utilitas_kabel" => WITH_FIELD_CHECK,
        _ => WITHOUT_FIELD_CHECK,
    };
    Sla { amount, unit: SlaUnit::WorkingDays }
}

/// What an office asks at first for a built-in category. Nothing of it is required.
pub fn fields(key: &str) -> Vec<CategoryField> {
    match key {
        "lampu_jalan" => vec![text("nomor_tiang", "Kalau terlihat, berapa nomor pada tiang lampunya?")],
        "drainase_banjir" => vec![choice(
            "tinggi_air",
            "Kira-kira setinggi apa airnya?",
            &[("mata_kaki", "Mata kaki"), ("lutut", "Lutut"), ("lebih", "Di atas lutut")],
        )],
        "air_bersih" => vec![text("nomor_pelanggan", "Kalau ada, berapa nomor pelanggan airnya?")],
        "utilitas_kabel" => vec![choice(
            "milik",
            "Kabel atau tiangnya milik siapa, kalau tahu?",
            &[("pln", "PLN (listrik)"), ("telekomunikasi", "Telepon/internet"), ("tidak_tahu", "Tidak tahu")],
        )],
        _ => Vec::new(),
    }
}

fn text(field: &str, question: &str) -> CategoryField {
    CategoryField {
        field: field.to_owned(),
        question: question.to_owned(),
        kind: FieldKind::Text,
        choices: Vec::new(),
        required: false,
    }
}

fn choice(field: &str, question: &str, choices: &[(&str, &str)]) -> CategoryField {
    let choices =
        choices.iter().map(|(key, label)| FieldChoice { key: (*key).to_owned(), label: (*label).to_owned() }).collect();
    CategoryField { kind: FieldKind::Choice, choices, ..text(field, question) }
}

#[cfg(test)]
mod tests {
    use contracts::complaint::BUILT_IN_CATEGORIES;

    use super::*;
    use crate::categories::definition;

    #[test]
    fn what_every_office_starts_with_is_what_an_office_may_write() {
        for (key, name) in BUILT_IN_CATEGORIES {
            let errors = definition::check(name, sla(key), &fields(key));
            assert!(errors.is_empty(), "{key}: {errors:?}");
        }
    }
}
