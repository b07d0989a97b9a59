//! Stage (a): understand and plan, committed under the turn's id.

use contracts::OfficeId;
use contracts::office::{Office, OfficeSettings};
use platform::bus::HandlerError;

use super::{Stored, Work, store};
use crate::dialogue::facts::{Knowledge, opens_at};
use crate::dialogue::words::Texts;
use crate::dialogue::{self, Facts, Turn, plan};
use crate::takeovers::human;
use crate::{App, categories, complaints, takeovers};

/// Where a turn stands.
#[derive(Debug)]
pub enum Prepared {
    /// It has its plan.
    Ready(Box<Stored>),
    /// It has ended.
    Finished,
    /// These of the same conversation must end first.
    After(Vec<Stored>),
}

/// Finds the turn's plan or makes it.
pub async fn prepare(app: &App, work: &Work, turn: &Turn, knowledge: &Knowledge) -> Result<Prepared, HandlerError> {
    let facts = facts(app, work, knowledge).await?;
    let mut tx = app.ctx.db.office(work.office).await?;
    let before = dialogue::store::lock(&mut tx, work.office, work.conversation_id, work.contact_id).await?;
    match store::find(&mut tx, work.office, work.turn_id).await? {
        Some(None) => return Ok(Prepared::Finished),
        Some(Some(stored)) => return Ok(Prepared::Ready(Box::new(stored))),
        None => {}
    }
    let unfinished = store::unfinished(&mut tx, work.office, work.conversation_id).await?;
    if !unfinished.is_empty() {
        return Ok(Prepared::After(unfinished));
    }
    let stored = Stored { work: work.clone(), plan: plan::plan(&before, turn, &facts), results: Vec::new() };
    store::insert(&mut tx, &stored).await?;
    tx.commit().await?;
    Ok(Prepared::Ready(Box::new(stored)))
}

/// What the transition may know of the world.
pub async fn facts(app: &App, work: &Work, knowledge: &Knowledge) -> Result<Facts, HandlerError> {
    let now = app.ctx.clock.now();
    let office = office(app, work.office).await?;
    let mut tx = app.ctx.db.office(work.office).await?;
    let known = categories::store::list(&mut tx, work.office).await?;
    let questions = complaints::store::open(&mut tx, work.office, work.contact_id).await?;
    let takeover = takeovers::store::unread(&mut tx, work.office, work.conversation_id).await?;
    tx.commit().await?;
    let settings = office.settings.clone();
    Ok(Facts {
        office_name: settings.greeting_name.clone().unwrap_or_else(|| office.name.clone()),
        opens_at: opens_at(&settings, now),
        emergency_numbers: settings.emergency_numbers,
        texts: app.texts.of(&office, &app.metrics),
        categories: categories::whole(app, work.office, known).await?,
        questions,
        human: match takeover {
            Some(takeover) => Some(human::part(app, work, &takeover).await),
            None => None,
        },
        knowledge: knowledge.clone(),
        ..Facts::plain(work.turn_id, work.contact_id, now)
    })
}

/// In whose words to speak.
pub async fn texts(app: &App, office_id: OfficeId) -> Result<Texts, HandlerError> {
    Ok(app.texts.of(&office(app, office_id).await?, &app.metrics))
}

/// The office, or a nameless one that we have not heard of yet.
async fn office(app: &App, office_id: OfficeId) -> Result<Office, HandlerError> {
    let offices = app.ctx.offices.all(&app.ctx.db).await?;
    let unknown = || Office { office_id, name: "Kantor".to_owned(), version: 0, settings: OfficeSettings::default() };
    Ok(offices.get(&office_id).cloned().unwrap_or_else(unknown))
}
