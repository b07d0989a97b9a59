//! All SQL on known names.

use contracts::{ContactId, OfficeId};
use platform::Tx;
use uuid::Uuid;

/// Staff's names belong to no contact.
const STAFF: Uuid = Uuid::nil();
/// Names that are asked for at once; an office has fewer.
const MOST: i64 = 500;
/// The longest that is a name.
const LONGEST: usize = 80;

/// Remembers a name of a contact, or of somebody of the staff.
pub async fn remember(
    tx: &mut Tx,
    office: OfficeId,
    contact: Option<ContactId>,
    name: &str,
) -> Result<(), sqlx::Error> {
    let name: String = name.trim().chars().take(LONGEST).collect();
    if name.chars().filter(|c| c.is_alphabetic()).count() < 2 {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO known_names (office_id, contact_id, name) VALUES ($1, $2, $3)
         ON CONFLICT (office_id, contact_id, name) DO NOTHING",
        office.0,
        contact.map_or(STAFF, |contact| contact.0),
        name,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The names of a contact and of the staff.
pub async fn around(tx: &mut Tx, office: OfficeId, contact: Option<ContactId>) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT name FROM known_names WHERE office_id = $1 AND contact_id IN ($2, $3)
         ORDER BY contact_id DESC, known_since DESC LIMIT $4",
        office.0,
        STAFF,
        contact.map_or(STAFF, |contact| contact.0),
        MOST,
    )
    .fetch_all(&mut **tx)
    .await
}

/// The names of a contact alone.
pub async fn of_contact(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT name FROM known_names WHERE office_id = $1 AND contact_id = $2 ORDER BY known_since, name",
        office.0,
        contact.0,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Forgets a contact's names.
pub async fn forget(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<u64, sqlx::Error> {
    let forgotten =
        sqlx::query!("DELETE FROM known_names WHERE office_id = $1 AND contact_id = $2", office.0, contact.0)
            .execute(&mut **tx)
            .await?;
    Ok(forgotten.rows_affected())
}

/// Puts one contact's names under another.
pub async fn merge(tx: &mut Tx, office: OfficeId, from: ContactId, into: ContactId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO known_names (office_id, contact_id, name)
         SELECT office_id, $3, name FROM known_names WHERE office_id = $1 AND contact_id = $2
         ON CONFLICT (office_id, contact_id, name) DO NOTHING",
        office.0,
        from.0,
        into.0,
    )
    .execute(&mut **tx)
    .await?;
    forget(tx, office, from).await?;
    Ok(())
}
