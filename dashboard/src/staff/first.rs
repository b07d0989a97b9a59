//! The first person: made at the start from the environment, or by `dashboard create-admin`, and only while there is
//! nobody. Whoever is there already is never changed.

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Db;
use secrecy::SecretString;
use tracing::{info, warn};
use uuid::Uuid;

use super::store::{self, NewPerson};
use super::{Role, Username, password};
use crate::activity::{self, Activity};
use crate::config::Config;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    SomebodyIsThere,
}

/// At the start: the first person from the environment, if there is nobody.
pub async fn from_environment(db: &Db, config: &Config, now: DateTime<Utc>) -> anyhow::Result<()> {
    let Some(password) = &config.admin_password else {
        let mut tx = db.all_offices("is there anybody").await?;
        let nobody = store::is_nobody_there(&mut tx).await?;
        tx.commit().await?;
        if nobody {
            warn!("nobody can sign in yet: set ADMIN_PASSWORD and start again, or run `dashboard create-admin`");
        }
        return Ok(());
    };
    let username: Username =
        config.admin_username.parse().map_err(|error| anyhow::anyhow!("ADMIN_USERNAME: {error}"))?;
    if create(db, &username, "Admin", password, now).await? == Outcome::Created {
        info!(username = username.as_str(), "the first person was created");
    }
    Ok(())
}

/// A super admin, if there is nobody.
pub async fn create(
    db: &Db,
    username: &Username,
    name: &str,
    password: &SecretString,
    now: DateTime<Utc>,
) -> anyhow::Result<Outcome> {
    let mut tx = db.all_offices("the first person").await?;
    if !store::is_nobody_there(&mut tx).await? {
        return Ok(Outcome::SomebodyIsThere);
    }
    password::check(password, username.as_str()).map_err(|error| anyhow::anyhow!("the password {error}"))?;
    let password_hash = password::hash(password.clone()).await?;
    let person = NewPerson {
        id: Uuid::now_v7(),
        username,
        name,
        role: Role::SuperAdmin,
        password_hash: &password_hash,
        offices: &[],
    };
    store::add(&mut tx, &person, now).await?;
    let entry = Activity {
        office_id: OfficeId::FIRST,
        user_id: None,
        actor_name: "GovConnect",
        action: "staff.created",
        subject: Some(username.as_str().to_owned()),
        details: serde_json::json!({ "role": Role::SuperAdmin }),
    };
    activity::store::add(&mut tx, &entry, now).await?;
    tx.commit().await?;
    Ok(Outcome::Created)
}
