//! The SQL of lists. Filters vary, so the query is built; every value is bound.

use chrono::{DateTime, Utc};
use contracts::{ComplaintStatus, OfficeId};
use platform::Tx;
use sqlx::{Postgres, QueryBuilder};

use super::text::{self, Sought};
use super::{Cursor, Filter, Sla, Sort, SortBy};
use crate::complaints::Complaint;
use crate::complaints::sight::Sight;
use crate::complaints::store::Row;
use crate::identity::Identities;

/// Statuses in which no clock runs: closed, and waiting for the citizen.
fn clock_stands() -> Vec<&'static str> {
    let stands = |status: &ComplaintStatus| status.is_closed() || *status == ComplaintStatus::MenungguWarga;
    ComplaintStatus::ALL.into_iter().filter(stands).map(ComplaintStatus::as_str).collect()
}

/// One page and one row more, by which the caller knows that there is a next one.
pub async fn page(
    identities: &Identities,
    tx: &mut Tx,
    office: OfficeId,
    filter: &Filter,
    sight: &Sight,
    now: DateTime<Utc>,
) -> Result<Vec<Complaint>, sqlx::Error> {
    let mut query = QueryBuilder::<Postgres>::new(
        "SELECT c.*, COALESCE(k.name, c.kategori) AS kategori_nama, i.sealed
         FROM complaints c LEFT JOIN categories k ON k.office_id = c.office_id AND k.key = c.kategori
              LEFT JOIN complaint_identities i ON i.office_id = c.office_id AND i.complaint = c.id
         WHERE c.office_id = ",
    );
    query.push_bind(office.0);
    if let Some(q) = &filter.q {
        sought(&mut query, office, text::resolve(tx, office, q).await?, sight);
    }
    visible(&mut query, sight);
    narrow(identities, &mut query, office, filter, sight, now);
    order(&mut query, filter.sort, filter.after, filter.limit);
    let rows = query.build_query_as::<Row>().fetch_all(&mut **tx).await?;
    rows.into_iter().map(|row| row.read(identities)).collect()
}

fn visible(query: &mut QueryBuilder<Postgres>, sight: &Sight) {
    if let Some(person) = sight.person.as_ref().filter(|_| !sight.secret) {
        query.push(" AND (NOT c.rahasia OR c.assigned_to = ").push_bind(person.clone()).push(")");
    }
}

fn narrow(
    identities: &Identities,
    query: &mut QueryBuilder<Postgres>,
    office: OfficeId,
    filter: &Filter,
    sight: &Sight,
    now: DateTime<Utc>,
) {
    if !filter.statuses.is_empty() {
        let words: Vec<_> = filter.statuses.iter().map(|status| status.as_str()).collect();
        query.push(" AND c.status = ANY(").push_bind(words).push(")");
    }
    if !filter.kategori.is_empty() {
        query.push(" AND c.kategori = ANY(").push_bind(filter.kategori.clone()).push(")");
    }
    if let Some(kelurahan) = &filter.kelurahan {
        query.push(" AND c.area_key = ").push_bind(kelurahan.to_lowercase());
    }
    if let Some(contact) = filter.contact_id {
        query.push(" AND (c.contact_id = ").push_bind(contact.0);
        // A list of one citizen's complaints must not tell a person which anonymous ones are theirs.
        if sight.person.is_some() {
            query.push(" AND NOT c.anonim");
        } else {
            query
                .push(" OR c.id IN (SELECT complaint FROM complaint_identities WHERE office_id = ")
                .push_bind(office.0);
            query.push(" AND tag = ").push_bind(identities.tag(office, contact).to_vec()).push(")");
        }
        query.push(")");
    }
    if let Some(person) = &filter.assigned_to {
        query.push(" AND c.assigned_to = ").push_bind(person.clone());
    }
    if let Some(agency) = &filter.agency {
        query.push(" AND c.assigned_agency = ").push_bind(agency.clone());
    }
    if filter.urgent {
        query.push(" AND c.urgent AND c.closed_at IS NULL");
    }
    if let Some(from) = filter.from {
        query.push(" AND c.created_at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" AND c.created_at < ").push_bind(to);
    }
    if let Some(sla) = filter.sla {
        query.push(" AND c.status <> ALL(").push_bind(clock_stands()).push(")");
        if sla == Sla::Late {
            query.push(" AND c.due_at < ").push_bind(now);
        }
    }
}

/// What the search box asks for.
fn sought(query: &mut QueryBuilder<Postgres>, office: OfficeId, sought: Sought, sight: &Sight) {
    match sought {
        Sought::Nothing => {
            query.push(" AND false");
        }
        Sought::Number(number) => {
            query.push(" AND c.complaint_id = ").push_bind(number.to_string());
        }
        Sought::Day(from, to) => {
            query.push(" AND c.created_at >= ").push_bind(from).push(" AND c.created_at < ").push_bind(to);
        }
        Sought::Words { lead, others } => {
            if let Some(words) = lead {
                query
                    .push(" AND c.id IN (SELECT complaint FROM complaint_words WHERE office_id = ")
                    .push_bind(office.0);
                query.push(" AND word = ANY(").push_bind(words).push("))");
            }
            for words in others {
                query.push(" AND EXISTS (SELECT 1 FROM complaint_words w WHERE w.office_id = ").push_bind(office.0);
                query.push(" AND w.word = ANY(").push_bind(words);
                query.push(") AND w.at = c.created_at AND w.complaint = c.id)");
            }
            // What is hidden can't be guessed word by word either.
            if sight.person.is_none() && !sight.secret {
                query.push(" AND NOT c.rahasia");
            }
        }
    }
}

fn order(query: &mut QueryBuilder<Postgres>, sort: Sort, after: Option<Cursor>, limit: u32) {
    let column = match sort.by {
        SortBy::CreatedAt => "c.created_at",
        SortBy::UpdatedAt => "c.updated_at",
        SortBy::DueAt => "c.due_at",
    };
    let (comparison, direction) = if sort.descending { ("<", "DESC") } else { (">", "ASC") };
    if let Some(cursor) = after {
        query.push(format!(" AND ({column}, c.id) {comparison} ("));
        query.push_bind(cursor.at).push(", ").push_bind(cursor.id).push(")");
    }
    query.push(format!(" ORDER BY {column} {direction}, c.id {direction} LIMIT ")).push_bind(i64::from(limit) + 1);
}
