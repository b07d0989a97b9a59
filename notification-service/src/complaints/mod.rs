//! What citizens are told about their complaints: once per event, in words of the office.
//!
//! Not told: what the citizen did themselves in the conversation, and a new complaint whose turn ended with an answer:
//! they have read it there. Of a confidential complaint nothing is told but its number.

pub mod telling;

use contracts::ComplaintStatus;
use contracts::events::Event;
use contracts::events::complaint::{ComplaintCreated, ComplaintStatusChanged, ComplaintUpdated};
use contracts::events::turn::TurnOutcome;
use contracts::{NotificationId, OfficeId, TurnId};
use platform::Tx;
use platform::bus::{Delivery, Handler, HandlerError};
use platform::inbox;

use self::telling::Telling;
use crate::notifications::enqueue::{Begin, New, enqueue};
use crate::{App, templates, turns};

/// The name of the text that tells of a status.
pub fn status_template(status: ComplaintStatus) -> &'static str {
    match status {
        ComplaintStatus::Baru => "complaint_baru",
        ComplaintStatus::Terverifikasi => "complaint_terverifikasi",
        ComplaintStatus::Diproses => "complaint_diproses",
        ComplaintStatus::MenungguWarga => "complaint_menunggu_warga",
        ComplaintStatus::Selesai => "complaint_selesai",
        ComplaintStatus::Ditolak => "complaint_ditolak",
        ComplaintStatus::Dialihkan => "complaint_dialihkan",
        ComplaintStatus::Duplikat => "complaint_duplikat",
        ComplaintStatus::Dibatalkan => "complaint_dibatalkan",
        ComplaintStatus::DibukaKembali => "complaint_dibuka_kembali",
    }
}

/// Hears `complaint.#`.
#[derive(Debug, Clone)]
pub struct Complaints(pub App);

#[async_trait::async_trait]
impl Handler for Complaints {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let tellings = match delivery.routing_key.as_str() {
            ComplaintCreated::ROUTING_KEY => Vec::from_iter(telling::of_creation(&delivery.data()?)),
            ComplaintStatusChanged::ROUTING_KEY => telling::of_move(&delivery.data()?),
            ComplaintUpdated::ROUTING_KEY => telling::of_update(&delivery.data()?),
            // Warnings of the clock concern the office, not the citizen.
            _ => Vec::new(),
        };
        if tellings.is_empty() {
            return Ok(());
        }
        let office = delivery.office()?;
        let app = &self.0;
        let mut tx = app.ctx.db.office(office).await?;
        if inbox::first_time(&mut tx, Some(office), "complaints", delivery.attributes.id).await? {
            for telling in tellings {
                tell(app, &mut tx, office, telling, delivery).await?;
            }
        }
        tx.commit().await?;
        app.wake();
        Ok(())
    }
}

async fn tell(
    app: &App,
    tx: &mut Tx,
    office: OfficeId,
    telling: Telling,
    delivery: &Delivery,
) -> Result<(), HandlerError> {
    let (text, begin) = match templates::say(tx, office, telling.template, &telling.variables).await? {
        Ok(text) => (text, begin(tx, office, telling.after_turn).await?),
        Err(why) => (String::new(), Begin::Unsayable(why.to_string())),
    };
    let new = New {
        id: NotificationId::new(),
        contact: telling.contact,
        kind: telling.kind.to_owned(),
        template: Some(telling.template.to_owned()),
        text,
        begin,
    };
    enqueue(app, tx, office, new, &delivery.cause()).await?;
    Ok(())
}

/// Whether the turn in which a complaint was made has told the citizen already.
async fn begin(tx: &mut Tx, office: OfficeId, turn: Option<TurnId>) -> Result<Begin, HandlerError> {
    let Some(turn) = turn else { return Ok(Begin::Say) };
    Ok(match turns::store::outcome(tx, office, turn).await? {
        None => Begin::AfterTurn(turn),
        Some(TurnOutcome::Replied) => Begin::KnownFromTurn(turn),
        Some(_) => Begin::Say,
    })
}
