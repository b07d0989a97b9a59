//! What a move of a complaint asks of whoever makes it. Which moves there are, case-service says.

use contracts::dto::case::UpdateComplaint;
use contracts::{ComplaintNumber, ComplaintStatus};
use serde::{Deserialize, Serialize};

/// A field of the form that a move can't do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Remark,
    Reason,
    Question,
    Agency,
    Original,
}

impl Need {
    /// The sentence when it is missing.
    pub fn message(self) -> &'static str {
        match self {
            Self::Remark => "Tuliskan apa yang sudah dikerjakan, untuk warga.",
            Self::Reason => "Tuliskan alasannya.",
            Self::Question => "Tuliskan pertanyaan untuk warga.",
            Self::Agency => "Tuliskan instansi tujuan.",
            Self::Original => "Tuliskan nomor laporan aslinya, misalnya LAP-20261120-001.",
        }
    }
}

/// What the move to this status needs.
pub fn needs(to: ComplaintStatus) -> Option<Need> {
    match to {
        ComplaintStatus::Selesai => Some(Need::Remark),
        ComplaintStatus::MenungguWarga => Some(Need::Question),
        ComplaintStatus::Ditolak | ComplaintStatus::DibukaKembali => Some(Need::Reason),
        ComplaintStatus::Dialihkan => Some(Need::Agency),
        ComplaintStatus::Duplikat => Some(Need::Original),
        _ => None,
    }
}

/// What staff offer; only the citizen cancels.
pub fn offered(allowed: &[ComplaintStatus]) -> Vec<ComplaintStatus> {
    allowed.iter().copied().filter(|status| *status != ComplaintStatus::Dibatalkan).collect()
}

/// The form as it was sent. Fields of other moves may be filled: they are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Move {
    pub complaint_id: String,
    /// The version that the person saw.
    pub version: i64,
    pub status: String,
    pub remark: String,
    pub reason: String,
    pub question: String,
    pub agency: String,
    pub of: String,
}

impl Move {
    /// The complaint and its change, or a sentence per bad field.
    pub fn read(&self) -> Result<(ComplaintNumber, UpdateComplaint), Vec<String>> {
        let mut errors = Vec::new();
        let number = self.complaint_id.trim().parse::<ComplaintNumber>();
        let status = self.status.trim().parse::<ComplaintStatus>();
        if number.is_err() {
            errors.push("Nomor laporan tidak dikenal.".to_owned());
        }
        if status.is_err() {
            errors.push("Pilih status yang baru.".to_owned());
        }
        let text = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        let mut update = UpdateComplaint { remark: text(&self.remark), ..UpdateComplaint::default() };
        if let Ok(status) = status {
            update.status = Some(status);
            let need = needs(status);
            match need {
                Some(Need::Reason) => update.reason = text(&self.reason),
                Some(Need::Question) => update.question = text(&self.question),
                Some(Need::Agency) => (update.agency, update.reason) = (text(&self.agency), text(&self.reason)),
                Some(Need::Original) => update.of = self.of.trim().to_ascii_uppercase().parse().ok(),
                Some(Need::Remark) | None => {}
            }
            let missing = need.filter(|need| match need {
                Need::Remark => update.remark.is_none(),
                Need::Reason => update.reason.is_none(),
                Need::Question => update.question.is_none(),
                Need::Agency => update.agency.is_none(),
                Need::Original => update.of.is_none(),
            });
            errors.extend(missing.map(|need| need.message().to_owned()));
        }
        match number {
            Ok(number) if errors.is_empty() => Ok((number, update)),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(status: ComplaintStatus) -> Move {
        Move { complaint_id: "LAP-20261120-001".to_owned(), version: 3, status: status.to_string(), ..Move::default() }
    }

    #[test]
    fn each_move_asks_for_what_it_needs_and_nothing_else() {
        for status in ComplaintStatus::ALL {
            let empty = to(status).read();
            match needs(status) {
                Some(need) => assert_eq!(empty, Err(vec![need.message().to_owned()]), "{status}"),
                None => assert!(empty.is_ok(), "{status}"),
            }
            let full = Move {
                remark: "sudah".to_owned(),
                reason: "sebab".to_owned(),
                question: "di mana?".to_owned(),
                agency: "Dinas PU".to_owned(),
                of: "lap-20261119-002".to_owned(),
                ..to(status)
            };
            let (_, update) = full.read().expect("complete");
            assert_eq!(update.question.is_some(), status == ComplaintStatus::MenungguWarga);
            assert_eq!(update.of.is_some(), status == ComplaintStatus::Duplikat);
        }
    }

    #[test]
    fn every_bad_field_is_named() {
        let errors = Move::default().read().expect_err("empty");
        assert_eq!(errors.len(), 2);
    }
}
