//! The offices' WhatsApp numbers: a webhook finds its office by `phone_number_id`, a send its token.

pub mod http;
pub mod problem;
mod store;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use contracts::{OfficeId, PhoneNumberId};
use platform::{Db, Tx};
use secrecy::SecretString;
use serde::Serialize;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::{App, Config};
pub use token::Vault;

/// A new number is known everywhere within this time.
const FRESH: Duration = Duration::from_secs(2);
/// What was unknown is looked for again after this time.
const UNKNOWN: Duration = Duration::from_millis(250);

/// A number and whose it is.
#[derive(Debug, Clone)]
pub struct Number {
    pub phone_number_id: PhoneNumberId,
    pub office: OfficeId,
    /// Its own token, still encrypted.
    pub sealed_token: Option<Vec<u8>>,
    pub rate_per_second: i32,
    /// The account or token is at fault: nothing is sent.
    pub stopped: bool,
}

/// What to change of a number.
#[derive(Debug, Default)]
pub struct Change<'a> {
    pub display: Option<&'a str>,
    pub sealed_token: Option<&'a [u8]>,
    /// Back to the token from the environment.
    pub forget_token: bool,
    pub rate_per_second: Option<i32>,
    pub active: Option<bool>,
}

#[derive(Debug, Default)]
struct Known {
    numbers: HashMap<String, Number>,
    read_at: Option<Instant>,
}

/// A number as lists show it; never its token.
#[derive(Debug, Serialize, ToSchema)]
pub struct NumberView {
    pub phone_number_id: String,
    pub display_phone_number: Option<String>,
    pub active: bool,
    pub version: i64,
    pub has_own_token: bool,
    pub rate_per_second: i32,
    /// Why nothing is sent, for staff to read; absent while all is well.
    pub problem: Option<String>,
    /// WhatsApp's code of it.
    pub problem_code: Option<i64>,
    pub problem_since: Option<DateTime<Utc>>,
}

/// All numbers as this process knows them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Numbers {
    known: Arc<RwLock<Known>>,
    vault: Vault,
    default_token: SecretString,
    /// Set once the number from the environment was given to the first office.
    first: Arc<OnceCell<()>>,
}

impl Numbers {
    pub fn new(config: &Config) -> Self {
        Self {
            known: Arc::default(),
            vault: Vault::new(&config.identity_key),
            default_token: config.whatsapp_access_token.clone(),
            first: Arc::default(),
        }
    }

    /// The number with this id, if it is one of ours.
    pub async fn find(&self, db: &Db, id: &str) -> Result<Option<Number>, sqlx::Error> {
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let fresh = known.read_at.is_some_and(|at| at.elapsed() < FRESH);
            if let Some(number) = known.numbers.get(id).filter(|_| fresh) {
                return Ok(Some(number.clone()));
            }
            // Webhooks of a number that nobody has must not cost a query each.
            if known.read_at.is_some_and(|at| at.elapsed() < UNKNOWN) {
                return Ok(None);
            }
        }
        let mut tx = db.aside("which numbers there are").await?;
        let all = store::all(&mut tx).await?;
        tx.commit().await?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.numbers = all.into_iter().map(|number| (number.phone_number_id.0.clone(), number)).collect();
        known.read_at = Some(Instant::now());
        Ok(known.numbers.get(id).cloned())
    }

    /// Forgets what is known, after a change made here.
    pub fn forget(&self) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).read_at = None;
    }

    /// The token of numbers without one of their own.
    pub fn default_token(&self) -> &SecretString {
        &self.default_token
    }

    /// The token to send with.
    pub fn token(&self, number: &Number) -> Result<SecretString, token::Broken> {
        match &number.sealed_token {
            Some(sealed) => self.vault.open(sealed, &number.phone_number_id.0),
            None => Ok(self.default_token.clone()),
        }
    }

    /// For storing.
    pub fn seal(&self, token: &SecretString, number: &str) -> Result<Vec<u8>, token::Broken> {
        self.vault.seal(token, number)
    }

    /// The office's first number, or the named one, seen in the caller's transaction: a second connection here could
    /// exhaust the pool while every caller holds its first.
    pub async fn of_office(
        &self,
        tx: &mut Tx,
        office: OfficeId,
        named: Option<&PhoneNumberId>,
    ) -> Result<Option<Number>, sqlx::Error> {
        store::of_office_named(tx, office, named.map(|number| number.0.as_str())).await
    }
}

/// Gives the first office the number from the environment, once.
pub async fn ensure_first(app: App) -> anyhow::Result<()> {
    app.ctx.db.migrated().await;
    while let Err(error) = insert_first(&app).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the first number waits for the database");
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = app.ctx.tasks.shutdown().cancelled() => return Ok(()),
        }
    }
    app.ctx.tasks.shutdown().cancelled().await;
    Ok(())
}

/// Gives the first office the number from the environment, unless it belongs to another office by now. Once per
/// process, whoever asks first; the others wait for it.
pub async fn insert_first(app: &App) -> Result<(), sqlx::Error> {
    let insert = async || {
        let mut tx = app.ctx.db.aside("the first number").await?;
        store::insert_if_new(&mut tx, OfficeId::FIRST, &app.config.whatsapp_phone_number_id).await?;
        tx.commit().await?;
        app.numbers.forget();
        Ok(())
    };
    app.numbers.first.get_or_try_init(insert).await.copied()
}

/// The number that a webhook is for. One may be quicker than the first start's own insert, and waits for it.
pub async fn of_webhook(app: &App, id: &str) -> Result<Option<Number>, sqlx::Error> {
    if id == app.config.whatsapp_phone_number_id {
        insert_first(app).await?;
    }
    app.numbers.find(&app.ctx.db, id).await
}

/// The office whose number is shown like this, in digits.
pub async fn office_of_display(tx: &mut Tx, digits: &str) -> Result<Option<OfficeId>, sqlx::Error> {
    store::office_of_display(tx, digits).await
}
