//! The read receipt and the typing indicator: shown when a turn starts, and again before it vanishes while the answer
//! takes long. A courtesy: its failure changes nothing.

use chrono::{DateTime, Duration, Utc};
use contracts::{OfficeId, PhoneNumberId};

use super::store;
use crate::App;

/// WhatsApp takes it away after 25 seconds.
const SHOWN_FOR: Duration = Duration::seconds(20);
/// Turns per look.
const BATCH: i64 = 200;

/// Shows it again where an answer takes long.
pub async fn refresh(app: &App, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let mut tx = app.ctx.db.all_offices("typing indicators").await?;
    let vanishing = store::still_typing(&mut tx, now, now - SHOWN_FOR, BATCH).await?;
    tx.commit().await?;
    for turn in vanishing {
        show(app, turn.office, turn.phone_number_id, turn.wamid);
    }
    Ok(())
}

/// Tells the citizen that the message was read and an answer is being written, beside the work itself.
pub fn show(app: &App, office: OfficeId, number: PhoneNumberId, wamid: String) {
    let app = app.clone();
    app.ctx.tasks.clone().spawn_work(async move {
        if let Ok(Some(number)) = app.numbers.find(&app.ctx.db, &number.0).await
            && number.office == office
            && !number.stopped
            && let Ok(token) = app.numbers.token(&number)
        {
            app.graph.show_typing(&number.phone_number_id.0, &token, &wamid).await;
        }
    });
}
