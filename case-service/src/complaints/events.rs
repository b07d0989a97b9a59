//! What the other services hear about complaints: never the description, a phone number or a name; of `rahasia` ones
//! nothing but ids.

use contracts::events::complaint::{ComplaintFacts, ComplaintStatusChanged};
use contracts::{ComplaintNumber, ComplaintStatus, ContactId, OfficeId};
use platform::Tx;

use super::Complaint;
use super::draft::Words;
use crate::identity::{self, Identities};

/// What every event about it says.
pub fn facts(complaint: &Complaint) -> ComplaintFacts {
    let open = !complaint.rahasia;
    ComplaintFacts {
        complaint_id: complaint.number,
        id: complaint.id,
        contact_id: complaint.contact_id,
        kategori: open.then(|| complaint.kategori.clone()),
        status: open.then_some(complaint.status),
        area: complaint.place.kelurahan.clone().filter(|_| open),
        due_at: open.then_some(complaint.time.due_at),
        origin_turn_id: complaint.origin_turn_id,
        version: complaint.version,
    }
}

/// Whose own report was merged into this one, but for its reporter.
pub async fn followers(
    identities: &Identities,
    tx: &mut Tx,
    office: OfficeId,
    complaint: &Complaint,
) -> Result<Vec<ContactId>, sqlx::Error> {
    let all = identity::store::followers(identities, tx, office, complaint.id).await?;
    Ok(all.into_iter().map(|(contact, _)| contact).filter(|contact| complaint.contact_id != Some(*contact)).collect())
}

/// The event of a move that has been made.
pub fn moved(
    complaint: &Complaint,
    from: ComplaintStatus,
    words: &Words,
    original: Option<ComplaintNumber>,
    followers: Vec<ContactId>,
    by_citizen: bool,
) -> ComplaintStatusChanged {
    let open = !complaint.rahasia;
    ComplaintStatusChanged {
        facts: facts(complaint),
        from: open.then_some(from),
        remark: for_the_citizen(complaint.status, words).filter(|_| open),
        agency: complaint.agency.clone().filter(|_| open && complaint.status == ComplaintStatus::Dialihkan),
        duplicate_of: original.filter(|_| open),
        // A secret complaint has nothing to say to them.
        followers: if open { followers } else { Vec::new() },
        by_citizen,
    }
}

/// The words that a move has for the citizen. A refusal's reason is theirs to know; other reasons are for the office.
fn for_the_citizen(to: ComplaintStatus, words: &Words) -> Option<String> {
    match to {
        ComplaintStatus::MenungguWarga => words.question.clone(),
        ComplaintStatus::Ditolak => words.remark.clone().or_else(|| words.reason.clone()),
        _ => words.remark.clone(),
    }
}
