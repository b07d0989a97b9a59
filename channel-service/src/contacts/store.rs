//! SQL of contacts.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use contracts::{ContactId, OfficeId};
use platform::Tx;
use uuid::Uuid;

use super::resolve::Wanted;

/// A contact as resolving sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub office: OfficeId,
    pub created_at: DateTime<Utc>,
    pub name: Option<String>,
    pub shown: Option<String>,
}

/// Who the ids belong to.
#[derive(Debug, Default)]
pub struct Owners {
    pub profiles: BTreeMap<ContactId, Profile>,
    pub aliases: HashMap<(OfficeId, String), ContactId>,
}

/// Who any of the wanted ids and contacts is.
pub async fn owners(tx: &mut Tx, wanted: &[Wanted]) -> Result<Owners, sqlx::Error> {
    let (mut offices, mut values) = (Vec::new(), Vec::new());
    let (mut known_offices, mut known) = (Vec::new(), Vec::new());
    for one in wanted {
        for (_, value) in &one.aliases {
            offices.push(one.office.0);
            values.push(value.clone());
        }
        for contact in &one.known {
            known_offices.push(one.office.0);
            known.push(contact.0);
        }
    }
    let rows = sqlx::query!(
        r#"SELECT a.office_id, a.value AS "value?", p.contact_id, p.created_at, p.name, p.wa_user_id
           FROM (SELECT DISTINCT office_id, value FROM unnest($1::uuid[], $2::text[]) AS w(office_id, value)) w
           JOIN contact_aliases a ON a.office_id = w.office_id AND a.value = w.value
           JOIN user_profiles p ON p.contact_id = a.contact_id
           UNION ALL
           SELECT p.office_id, NULL, p.contact_id, p.created_at, p.name, p.wa_user_id
           FROM unnest($3::uuid[], $4::uuid[]) AS k(office_id, contact_id)
           JOIN user_profiles p ON p.office_id = k.office_id AND p.contact_id = k.contact_id"#,
        &offices,
        &values,
        &known_offices,
        &known,
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut owners = Owners::default();
    for row in rows {
        // A union forgets what can't be null; none of these can.
        let (Some(office), Some(contact), Some(created_at)) = (row.office_id, row.contact_id, row.created_at) else {
            continue;
        };
        let (office, contact) = (OfficeId(office), ContactId(contact));
        owners.profiles.insert(contact, Profile { office, created_at, name: row.name, shown: row.wa_user_id });
        if let Some(value) = row.value {
            owners.aliases.insert((office, value), contact);
        }
    }
    Ok(owners)
}

/// Locks contacts against merging (`to_merge`: against everything), in the order of their ids. `false`: one of them was
/// merged away meanwhile.
pub async fn lock(tx: &mut Tx, contacts: &[ContactId], to_merge: bool) -> Result<bool, sqlx::Error> {
    if contacts.is_empty() {
        return Ok(true);
    }
    let ids: Vec<Uuid> = contacts.iter().map(|id| id.0).collect();
    let merged: Vec<Option<Uuid>> = if to_merge {
        sqlx::query_scalar!(
            "SELECT merged_into FROM user_profiles WHERE contact_id = ANY($1) ORDER BY contact_id FOR UPDATE",
            &ids
        )
        .fetch_all(&mut **tx)
        .await?
    } else {
        sqlx::query_scalar!(
            "SELECT merged_into FROM user_profiles WHERE contact_id = ANY($1) ORDER BY contact_id FOR KEY SHARE",
            &ids
        )
        .fetch_all(&mut **tx)
        .await?
    };
    Ok(merged.iter().all(Option::is_none))
}

pub async fn insert_profiles(tx: &mut Tx, fresh: &[(ContactId, &Profile)]) -> Result<(), sqlx::Error> {
    if fresh.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = fresh.iter().map(|(id, _)| id.0).collect();
    let offices: Vec<Uuid> = fresh.iter().map(|(_, profile)| profile.office.0).collect();
    let names: Vec<Option<String>> = fresh.iter().map(|(_, profile)| profile.name.clone()).collect();
    let shown: Vec<Option<String>> = fresh.iter().map(|(_, profile)| profile.shown.clone()).collect();
    let at: Vec<DateTime<Utc>> = fresh.iter().map(|(_, profile)| profile.created_at).collect();
    sqlx::query!(
        "INSERT INTO user_profiles (contact_id, office_id, name, wa_user_id, created_at, updated_at)
         SELECT id, office, name, shown, at, at
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) AS u(id, office, name, shown, at)",
        &ids,
        &offices,
        &names as &[Option<String>],
        &shown as &[Option<String>],
        &at,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// An id and whose it becomes.
#[derive(Debug)]
pub struct Alias<'a> {
    pub office: OfficeId,
    pub value: &'a str,
    pub kind: &'static str,
    pub contact: ContactId,
}

/// Adds ids, in the order in which they are given. Waits for a transaction that adds the same one; `false`: it did.
pub async fn insert_aliases(tx: &mut Tx, aliases: &[Alias<'_>]) -> Result<bool, sqlx::Error> {
    if aliases.is_empty() {
        return Ok(true);
    }
    let offices: Vec<Uuid> = aliases.iter().map(|alias| alias.office.0).collect();
    let values: Vec<String> = aliases.iter().map(|alias| alias.value.to_owned()).collect();
    let kinds: Vec<String> = aliases.iter().map(|alias| alias.kind.to_owned()).collect();
    let contacts: Vec<Uuid> = aliases.iter().map(|alias| alias.contact.0).collect();
    let inserted = sqlx::query!(
        "INSERT INTO contact_aliases (office_id, value, kind, contact_id)
         SELECT office, value, kind, contact
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) WITH ORDINALITY AS u(office, value, kind, contact, n) ORDER BY n
         ON CONFLICT DO NOTHING",
        &offices,
        &values,
        &kinds,
        &contacts,
    )
    .execute(&mut **tx)
    .await?;
    Ok(usize::try_from(inserted.rows_affected()).is_ok_and(|n| n == aliases.len()))
}

/// Keeps the names and numbers that WhatsApp shows now.
pub async fn rename(tx: &mut Tx, renamed: &[(ContactId, &Profile)], now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    if renamed.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = renamed.iter().map(|(id, _)| id.0).collect();
    let names: Vec<Option<String>> = renamed.iter().map(|(_, profile)| profile.name.clone()).collect();
    let shown: Vec<Option<String>> = renamed.iter().map(|(_, profile)| profile.shown.clone()).collect();
    sqlx::query!(
        "UPDATE user_profiles p SET name = u.name, wa_user_id = u.shown, updated_at = $4
         FROM unnest($1::uuid[], $2::text[], $3::text[]) AS u(id, name, shown) WHERE p.contact_id = u.id",
        &ids,
        &names as &[Option<String>],
        &shown as &[Option<String>],
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Whose an id is.
pub async fn find(tx: &mut Tx, office: OfficeId, value: &str) -> Result<Option<ContactId>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT contact_id FROM contact_aliases WHERE office_id = $1 AND value = $2",
        office.0,
        value,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.map(ContactId))
}

/// Whose an id is, and since when that contact is known.
pub async fn find_with_age(
    tx: &mut Tx,
    office: OfficeId,
    value: &str,
) -> Result<Option<(ContactId, DateTime<Utc>)>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT p.contact_id, p.created_at FROM contact_aliases a JOIN user_profiles p USING (contact_id) WHERE a.office_id = $1 AND a.value = $2",
        office.0,
        value,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (ContactId(row.contact_id), row.created_at)))
}

pub async fn drop_alias(tx: &mut Tx, office: OfficeId, value: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM contact_aliases WHERE office_id = $1 AND value = $2", office.0, value)
        .execute(&mut **tx)
        .await
        .map(drop)
}

pub async fn move_aliases(tx: &mut Tx, office: OfficeId, from: ContactId, into: ContactId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE contact_aliases SET contact_id = $3 WHERE office_id = $1 AND contact_id = $2",
        office.0,
        from.0,
        into.0
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The contact lives on as another one; so do those that were merged into it before.
pub async fn retire(
    tx: &mut Tx,
    office: OfficeId,
    from: ContactId,
    into: ContactId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE user_profiles i SET name = coalesce(i.name, f.name), wa_user_id = coalesce(i.wa_user_id, f.wa_user_id),
                marketing_stopped_at = coalesce(i.marketing_stopped_at, f.marketing_stopped_at), updated_at = $4
         FROM user_profiles f WHERE i.office_id = $1 AND i.contact_id = $3 AND f.contact_id = $2",
        office.0,
        from.0,
        into.0,
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "UPDATE user_profiles SET merged_into = $3, name = NULL, wa_user_id = NULL, updated_at = $4
         WHERE office_id = $1 AND (contact_id = $2 OR merged_into = $2)",
        office.0,
        from.0,
        into.0,
        now,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// The contact that an id leads to after merges; the same id if it was never merged, or is not known.
pub async fn current(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<ContactId, sqlx::Error> {
    let merged = sqlx::query_scalar!(
        "SELECT merged_into FROM user_profiles WHERE office_id = $1 AND contact_id = $2",
        office.0,
        contact.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(merged.flatten().map_or(contact, ContactId))
}

/// How to address a contact: by number where there is one.
pub async fn address(tx: &mut Tx, office: OfficeId, contact: ContactId) -> Result<Option<(String, bool)>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT value, kind = 'phone' AS \"is_phone!\" FROM contact_aliases
         WHERE office_id = $1
           AND contact_id = coalesce((SELECT merged_into FROM user_profiles WHERE office_id = $1 AND contact_id = $2), $2)
         ORDER BY kind = 'phone' DESC, kind = 'bsuid' DESC, created_at DESC LIMIT 1",
        office.0,
        contact.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.value, row.is_phone)))
}

/// Keeps whether a citizen wants marketing.
pub async fn set_marketing(
    tx: &mut Tx,
    office: OfficeId,
    contact: ContactId,
    stopped_at: Option<DateTime<Utc>>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE user_profiles SET marketing_stopped_at = $3 WHERE office_id = $1 AND contact_id = $2",
        office.0,
        contact.0,
        stopped_at,
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

pub async fn savepoint(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("SAVEPOINT contacts").execute(&mut **tx).await.map(drop)
}

pub async fn release(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("RELEASE SAVEPOINT contacts").execute(&mut **tx).await.map(drop)
}

pub async fn roll_back(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("ROLLBACK TO SAVEPOINT contacts").execute(&mut **tx).await.map(drop)
}
