//! SQL of forgetting.

use chrono::{DateTime, Utc};
use platform::Tx;

pub async fn forget_seen(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM inbound_dedup WHERE seen_at < $1", before).execute(&mut **tx).await.map(drop)
}

pub async fn forget_early_statuses(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM early_statuses WHERE received_at < $1", before).execute(&mut **tx).await.map(drop)
}

pub async fn forget_changes(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM conversation_changes WHERE at < $1", before).execute(&mut **tx).await.map(drop)
}

pub async fn forget_quarantine(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM quarantine WHERE created_at < $1", before).execute(&mut **tx).await.map(drop)
}
