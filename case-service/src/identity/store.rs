//! The SQL of identities and of those who follow a complaint.

use chrono::{DateTime, Utc};
use contracts::{ContactId, OfficeId};
use platform::Tx;
use uuid::Uuid;

use super::Identities;

fn broken(error: platform::sealed::Broken) -> sqlx::Error {
    sqlx::Error::Encode(Box::new(error))
}

/// Puts what is sealed for one contact under another.
pub async fn merge(
    identities: &Identities,
    tx: &mut Tx,
    office: OfficeId,
    from: ContactId,
    into: ContactId,
) -> Result<(), sqlx::Error> {
    let (old, new) = (identities.tag(office, from), identities.tag(office, into));
    let complaints = sqlx::query_scalar!(
        "SELECT complaint FROM complaint_identities WHERE office_id = $1 AND tag = $2 ORDER BY complaint FOR UPDATE",
        office.0,
        &old,
    )
    .fetch_all(&mut **tx)
    .await?;
    for complaint in complaints {
        let sealed = identities.seal(complaint, into).map_err(broken)?;
        sqlx::query!(
            "UPDATE complaint_identities SET tag = $3, sealed = $4 WHERE office_id = $1 AND complaint = $2",
            office.0,
            complaint,
            &new,
            sealed,
        )
        .execute(&mut **tx)
        .await?;
    }
    let followed = sqlx::query!(
        "DELETE FROM complaint_followers WHERE office_id = $1 AND tag = $2 RETURNING complaint, via, since",
        office.0,
        &old,
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in followed {
        follow(identities, tx, office, row.complaint, into, row.via, row.since).await?;
    }
    Ok(())
}

/// Lets a citizen hear what becomes of a complaint, because theirs was merged into it. Once is enough.
pub async fn follow(
    identities: &Identities,
    tx: &mut Tx,
    office: OfficeId,
    complaint: Uuid,
    contact: ContactId,
    via: Uuid,
    since: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO complaint_followers (complaint, tag, office_id, sealed, via, since) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        complaint,
        &identities.tag(office, contact),
        office.0,
        identities.seal(complaint, contact).map_err(broken)?,
        via,
        since,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Those who follow a complaint, with the report of theirs that was merged into it.
pub async fn followers(
    identities: &Identities,
    tx: &mut Tx,
    office: OfficeId,
    complaint: Uuid,
) -> Result<Vec<(ContactId, Uuid)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT sealed, via FROM complaint_followers WHERE office_id = $1 AND complaint = $2 ORDER BY since, tag",
        office.0,
        complaint,
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let contact =
                identities.open(complaint, &row.sealed).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
            Ok((contact, row.via))
        })
        .collect()
}

/// Forgets a citizen: what was sealed for them, and what they follow.
pub async fn forget(
    identities: &Identities,
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
) -> Result<(), sqlx::Error> {
    let tag = identities.tag(office, contact);
    sqlx::query!("DELETE FROM complaint_identities WHERE office_id = $1 AND tag = $2", office.0, &tag)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("DELETE FROM complaint_followers WHERE office_id = $1 AND tag = $2", office.0, &tag)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Seals one anonymous complaint from before there were seals. `false`: none is left.
pub async fn seal_one(identities: &Identities, tx: &mut Tx) -> Result<bool, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT office_id, id, contact_id AS "contact_id!" FROM complaints WHERE anonim AND contact_id IS NOT NULL
           LIMIT 1 FOR UPDATE SKIP LOCKED"#
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let (office, contact) = (OfficeId(row.office_id), ContactId(row.contact_id));
    sqlx::query!(
        "INSERT INTO complaint_identities (complaint, office_id, tag, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        row.id,
        office.0,
        &identities.tag(office, contact),
        identities.seal(row.id, contact).map_err(broken)?,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE complaints SET contact_id = NULL, reporter_name = NULL WHERE office_id = $1 AND id = $2",
        office.0,
        row.id,
    )
    .execute(&mut **tx)
    .await?;
    Ok(true)
}
