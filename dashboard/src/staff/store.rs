//! All SQL of people.

use chrono::{DateTime, Utc};
use contracts::OfficeId;
use platform::Tx;
use uuid::Uuid;

use super::{Role, Username};

/// What signing in needs to know of a person.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub id: Uuid,
    pub name: String,
    pub password_hash: String,
}

/// Somebody new.
#[derive(Debug)]
pub struct NewPerson<'a> {
    pub id: Uuid,
    pub username: &'a Username,
    pub name: &'a str,
    pub role: Role,
    pub password_hash: &'a str,
    pub offices: &'a [OfficeId],
}

/// The active person with this username.
pub async fn for_sign_in(tx: &mut Tx, username: &str) -> Result<Option<Credentials>, sqlx::Error> {
    sqlx::query_as!(
        Credentials,
        "SELECT id, name, password_hash FROM admin_users WHERE username = $1 AND active",
        username
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Whether there is anybody at all. Of several instances that ask at once, one goes on at a time.
pub async fn is_nobody_there(tx: &mut Tx) -> Result<bool, sqlx::Error> {
    sqlx::query!("LOCK TABLE admin_users IN SHARE ROW EXCLUSIVE MODE").execute(&mut **tx).await?;
    sqlx::query_scalar!(r#"SELECT NOT EXISTS (SELECT FROM admin_users) AS "nobody!""#).fetch_one(&mut **tx).await
}

/// Adds a person. `false`: the username is taken.
pub async fn add(tx: &mut Tx, person: &NewPerson<'_>, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let added = sqlx::query!(
        "INSERT INTO admin_users (id, username, password_hash, name, role, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (username) DO NOTHING",
        person.id,
        person.username.as_str(),
        person.password_hash,
        person.name,
        person.role.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    if added.rows_affected() == 0 {
        return Ok(false);
    }
    let offices: Vec<Uuid> = person.offices.iter().map(|office| office.0).collect();
    sqlx::query!(
        "INSERT INTO staff_offices (user_id, office_id) SELECT $1, office FROM UNNEST($2::uuid[]) AS office",
        person.id,
        &offices
    )
    .execute(&mut **tx)
    .await?;
    Ok(true)
}
