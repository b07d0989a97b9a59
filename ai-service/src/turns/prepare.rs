//! Stage (a): understand and plan, committed under the turn's id.

use chrono::Timelike;
use platform::bus::HandlerError;

use super::{Stored, Work, store};
use crate::App;
use crate::dialogue::{self, Facts, Turn, plan};

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
pub async fn prepare(app: &App, work: &Work, turn: &Turn) -> Result<Prepared, HandlerError> {
    let facts = facts(app, work).await?;
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
pub async fn facts(app: &App, work: &Work) -> Result<Facts, HandlerError> {
    let offices = app.ctx.offices.all(&app.ctx.db).await?;
    let office = offices.get(&work.office);
    let settings = office.map(|office| office.settings.clone()).unwrap_or_default();
    let name = office.map_or("Kantor", |office| office.name.as_str());
    Ok(Facts {
        turn_id: work.turn_id,
        contact_id: work.contact_id,
        office_name: settings.greeting_name.unwrap_or_else(|| name.to_owned()),
        emergency_numbers: settings.emergency_numbers,
        hour: platform::clock::jakarta(app.ctx.clock.now()).hour(),
    })
}
