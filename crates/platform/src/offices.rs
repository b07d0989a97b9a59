//! Which offices there are, and which one a call is for.
//!
//! The dashboard owns offices; every other service keeps a replica from `office.updated`. While exactly one office
//! exists a call need not name it; once there are more, a call without `x-office-id` is 400.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use contracts::OfficeId;
use contracts::events::office::OfficeUpdated;
use contracts::office::{Office, OfficeSettings};
use tokio::time::Instant;

use crate::bus::{Delivery, Handler, HandlerError};
use crate::{Context, Db, Tx};

/// A change of settings is seen everywhere within this time.
const FRESH: Duration = Duration::from_secs(1);

/// The offices as this process knows them. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Offices(Arc<RwLock<Known>>);

#[derive(Debug, Default)]
struct Known {
    offices: Arc<HashMap<OfficeId, Office>>,
    read_at: Option<Instant>,
}

/// Why a call has no office.
#[derive(Debug, thiserror::Error)]
pub enum NoOffice {
    #[error("there are several offices: say which with the header x-office-id")]
    Ambiguous,
    #[error("there is no office with this x-office-id")]
    Unknown,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Offices {
    /// All offices, at most a second old.
    pub async fn all(&self, db: &Db) -> Result<Arc<HashMap<OfficeId, Office>>, sqlx::Error> {
        {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if known.read_at.is_some_and(|at| at.elapsed() < FRESH) {
                return Ok(known.offices.clone());
            }
        }
        self.reload(db).await
    }

    async fn reload(&self, db: &Db) -> Result<Arc<HashMap<OfficeId, Office>>, sqlx::Error> {
        let mut tx = db.aside("which offices there are").await?;
        let offices: HashMap<_, _> =
            list(&mut tx).await?.into_iter().map(|office| (office.office_id, office)).collect();
        tx.commit().await?;
        let offices = Arc::new(offices);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.offices = offices.clone();
        known.read_at = Some(Instant::now());
        Ok(offices)
    }

    /// The office that a call is for.
    pub async fn resolve(&self, db: &Db, named: Option<OfficeId>) -> Result<OfficeId, NoOffice> {
        let offices = self.all(db).await?;
        match named {
            Some(office) if offices.contains_key(&office) => Ok(office),
            // It may be younger than our knowledge.
            Some(office) if self.reload(db).await?.contains_key(&office) => Ok(office),
            Some(_) => Err(NoOffice::Unknown),
            None => match offices.keys().next() {
                Some(office) if offices.len() == 1 => Ok(*office),
                Some(_) => Err(NoOffice::Ambiguous),
                None => Err(NoOffice::Unknown),
            },
        }
    }

    /// An office's settings, or the defaults for one that we have not heard of yet.
    pub async fn settings(&self, db: &Db, office: OfficeId) -> Result<OfficeSettings, sqlx::Error> {
        Ok(self.all(db).await?.get(&office).map(|office| office.settings.clone()).unwrap_or_default())
    }

    /// An office's name.
    pub async fn name(&self, db: &Db, office: OfficeId) -> Result<Option<String>, sqlx::Error> {
        Ok(self.all(db).await?.get(&office).map(|office| office.name.clone()))
    }

    /// Forgets what is known, after a change made here.
    pub fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).read_at = None;
    }
}

/// All offices that the transaction may see.
pub async fn list(tx: &mut Tx) -> Result<Vec<Office>, sqlx::Error> {
    let rows = sqlx::query!("SELECT office_id, name, version, settings FROM offices ORDER BY office_id")
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Office {
            office_id: OfficeId(row.office_id),
            name: row.name,
            version: row.version,
            settings: serde_json::from_value(row.settings).unwrap_or_default(),
        })
        .collect())
}

/// Keeps a snapshot, unless a newer one is known. `true`: it was news.
pub async fn keep(tx: &mut Tx, office: &Office) -> Result<bool, sqlx::Error> {
    let settings = serde_json::to_value(&office.settings).unwrap_or_default();
    let kept = sqlx::query!(
        "INSERT INTO offices (office_id, name, version, settings) VALUES ($1, $2, $3, $4)
         ON CONFLICT (office_id) DO UPDATE SET name = $2, version = $3, settings = $4, updated_at = now()
         WHERE offices.version < $3",
        office.office_id.0,
        office.name,
        office.version,
        settings,
    )
    .execute(&mut **tx)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// Keeps the replica: `office.updated` → table `offices`.
#[derive(Debug, Clone)]
pub struct Replica(pub Context);

#[async_trait]
impl Handler for Replica {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        let event: OfficeUpdated = delivery.data()?;
        let mut tx = self.0.db.office(event.office.office_id).await?;
        keep(&mut tx, &event.office).await?;
        tx.commit().await?;
        self.0.offices.forget();
        Ok(())
    }
}
