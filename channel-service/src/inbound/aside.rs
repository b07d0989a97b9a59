//! What is not a message or a report: kept whole, counted by kind, shown to whoever it concerns.

use contracts::OfficeId;
use platform::Tx;
use tracing::{error, warn};

use super::ItemError;
use super::arrival::seen_key;
use super::parse::{AccountNotice, Item, Weight};
use crate::App;
use crate::quarantine::store::{self as quarantine, Kept};

/// An item to keep.
#[derive(Debug)]
pub struct Aside<'a> {
    pub office: Option<OfficeId>,
    pub kind: &'a str,
    pub sort: &'static str,
    pub reason: String,
    pub item: &'a Item,
    /// What remembers it; errors have no key, as each is news.
    pub key: Option<Vec<u8>>,
}

impl<'a> Aside<'a> {
    /// Something that nobody taught us.
    pub fn unknown(app: &App, office: Option<OfficeId>, kind: &'a str, item: &'a Item) -> Self {
        Self { office, kind, sort: "unknown", reason: "not understood".to_owned(), item, key: key_of(app, kind, item) }
    }

    /// For a number that no office has: it is answered by nobody.
    pub fn of_nobody(app: &App, item: &'a Item) -> Self {
        let reason = "no office has this phone_number_id".to_owned();
        let kind = "unknown_number";
        Self { office: None, kind, sort: "unknown", reason, item, key: key_of(app, kind, item) }
    }

    /// News of the account.
    pub fn notice(app: &App, office: Option<OfficeId>, notice: &'a AccountNotice, item: &'a Item) -> Self {
        let event = notice.event.as_deref().unwrap_or("news");
        let reason = format!("{}: {event}", notice.weight.as_str());
        Self { office, kind: &notice.field, sort: "notice", reason, item, key: key_of(app, &notice.field, item) }
    }
}

fn key_of(app: &App, kind: &str, item: &Item) -> Option<Vec<u8>> {
    let repeats = kind != "errors";
    repeats.then(|| seen_key(&app.config.identity_key, "item", item.raw().to_string().as_bytes()))
}

/// Says aloud what must not wait for somebody to look.
pub fn announce(app: &App, notice: &AccountNotice) {
    app.metrics.notices.with_label_values(&[notice.weight.as_str()]).inc();
    let event = notice.event.as_deref().unwrap_or("news");
    match notice.weight {
        Weight::Alarm => error!(field = notice.field, event, "WhatsApp restricts the account or its security changed"),
        Weight::Warning => {
            warn!(field = notice.field, event, "WhatsApp has news of the account that somebody should read");
        }
        Weight::Note => {}
    }
}

/// Keeps these items; the caller has sorted out what was seen before.
pub async fn keep(app: &App, tx: &mut Tx, asides: &[Aside<'_>]) -> Result<(), ItemError> {
    if asides.is_empty() {
        return Ok(());
    }
    let kept: Vec<Kept> = asides
        .iter()
        .map(|aside| {
            app.metrics.quarantined.with_label_values(&[known(aside.kind)]).inc();
            Kept {
                office: aside.office,
                kind: aside.kind.to_owned(),
                sort: aside.sort,
                reason: aside.reason.clone(),
                item: aside.item.raw().to_string().into_bytes(),
            }
        })
        .collect();
    Ok(quarantine::keep(tx, &kept, app.ctx.clock.now()).await?)
}

/// Keeps an item that could not be taken in.
pub async fn keep_failed(
    app: &App,
    tx: &mut Tx,
    office: Option<OfficeId>,
    reason: &str,
    item: &Item,
) -> Result<(), ItemError> {
    let failed = Aside { office, kind: "failed_item", sort: "failed", reason: reason.to_owned(), item, key: None };
    keep(app, tx, &[failed]).await
}

/// A label from the outside must not grow the metrics without bound.
fn known(kind: &str) -> &'static str {
    const KNOWN: [&str; 26] = [
        "unknown_number",
        "failed_item",
        "not_json",
        "other_object",
        "empty",
        "errors",
        "calls",
        "status",
        "status.payment",
        "status.call",
        "history",
        "history.errors",
        "history.message",
        "message.system",
        "smb_message_echoes",
        "smb_app_state_sync",
        "user_id_update",
        "user_preferences",
        "account_update",
        "account_alerts",
        "phone_number_quality_update",
        "message_template_status_update",
        "message_template_quality_update",
        "template_category_update",
        "group_participants_update",
        "group_lifecycle_update",
    ];
    KNOWN.into_iter().find(|word| *word == kind).unwrap_or(if kind.starts_with("message.") {
        "message"
    } else {
        "other"
    })
}
