//! Any list as a table for a spreadsheet, streamed page by page.
//!
//! What must stay true: a cell that a spreadsheet would take for a formula is text, whoever wrote it; the export shows
//! what the caller may see and no more; its memory does not grow with its length.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use contracts::OfficeId;
use contracts::dto::case::ComplaintView;
use contracts::permissions::EXPORT_COMPLAINTS;
use futures_util::{Stream, stream};
use platform::clock::jakarta;
use platform::http::auth::{Actor, Office};
use platform::http::{Problem, Query};
use tracing::error;

use super::{Cursor, Filter, Params, http, store};
use crate::App;
use crate::complaints::sight::Sight;

/// Rows that are read at a time.
const ROWS: u32 = 1_000;

/// The names of the columns.
const HEAD: [&str; 18] = [
    "nomor",
    "status",
    "kategori",
    "alamat",
    "patokan",
    "rt",
    "rw",
    "kelurahan",
    "kecamatan",
    "lat",
    "lng",
    "deskripsi",
    "instansi",
    "petugas",
    "mendesak",
    "dibuat",
    "batas",
    "ditutup",
];

/// The list of `GET /internal/complaints` as CSV, from its beginning to its end.
#[utoipa::path(
    get, path = "/internal/complaints/export.csv", tag = "complaints", params(Params),
    responses(
        (status = 200, description = "UTF-8 with a mark, so that spreadsheets read it; times in Asia/Jakarta", content_type = "text/csv", body = String),
        (status = 400, description = "every bad parameter is named", body = contracts::problem::Problem),
        (status = 403, description = "the person may not export complaints", body = contracts::problem::Problem)
    )
)]
pub async fn export(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Query(params): Query<Params>,
) -> Result<Response, Problem> {
    if actor.person().is_some() {
        actor.require(EXPORT_COMPLAINTS)?;
    }
    let mut filter = http::read(&params, &actor)?;
    filter.limit = ROWS;
    let name = format!("attachment; filename=\"laporan-{}.csv\"", jakarta(app.ctx.clock.now()).date_naive());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(rows(app, office, filter, Sight::of(&actor)))).into_response())
}

/// Where an export stands.
enum Step {
    Head,
    Page(Option<Cursor>),
    End,
}

fn rows(app: App, office: OfficeId, filter: Filter, sight: Sight) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    let start = (app, filter, sight, Step::Head);
    stream::unfold(start, move |(app, mut filter, sight, step)| async move {
        let (text, next) = match step {
            Step::End => return None,
            // A spreadsheet takes a file without this mark for another encoding.
            Step::Head => (format!("\u{feff}{}\r\n", HEAD.join(",")), Step::Page(filter.after)),
            Step::Page(after) => {
                filter.after = after;
                match page(&app, office, &filter, &sight).await {
                    Ok(page) => page,
                    Err(problem) => {
                        // The answer has begun: breaking it off is the only way left to say so.
                        error!(error = &problem as &dyn std::error::Error, "an export broke off");
                        return Some((
                            Err(std::io::Error::other("the database is away")),
                            (app, filter, sight, Step::End),
                        ));
                    }
                }
            }
        };
        Some((Ok(Bytes::from(text)), (app, filter, sight, next)))
    })
}

async fn page(app: &App, office: OfficeId, filter: &Filter, sight: &Sight) -> Result<(String, Step), sqlx::Error> {
    let mut tx = app.ctx.db.office(office).await?;
    let mut found = store::page(&app.identities, &mut tx, office, filter, sight, app.ctx.clock.now()).await?;
    tx.commit().await?;
    let more = found.len() > filter.limit as usize;
    found.truncate(filter.limit as usize);
    let next = match found.last().filter(|_| more) {
        Some(last) => Step::Page(Some(Cursor::of(last, filter.sort.by))),
        None => Step::End,
    };
    Ok((found.iter().map(|complaint| line(&sight.view(&app.identities, complaint))).collect(), next))
}

fn line(view: &ComplaintView) -> String {
    let number = |value: Option<f64>| value.map(|value| value.to_string());
    let cells = [
        Some(view.complaint_id.to_string()),
        Some(view.status.label().to_owned()),
        Some(view.kategori_nama.clone()),
        Some(view.alamat.clone()),
        view.patokan.clone(),
        view.rt.clone(),
        view.rw.clone(),
        view.kelurahan.clone(),
        view.kecamatan.clone(),
        number(view.lat),
        number(view.lng),
        Some(view.deskripsi.clone()),
        view.assigned_agency.clone().or_else(|| view.agency.clone()),
        view.assigned_name.clone(),
        Some(if view.urgent { "ya" } else { "tidak" }.to_owned()),
        Some(time(view.created_at)),
        Some(time(view.due_at)),
        view.closed_at.map(time),
    ];
    let cells: Vec<String> = cells.into_iter().map(|cell| escaped(&cell.unwrap_or_default())).collect();
    cells.join(",") + "\r\n"
}

/// As spreadsheets read a time.
fn time(at: DateTime<Utc>) -> String {
    jakarta(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A cell that is text whatever it holds: what begins like a formula is led by an apostrophe, unless it is a number.
fn escaped(cell: &str) -> String {
    let formula = cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_a_spreadsheet_would_compute_is_text() {
        for (cell, expected) in [
            ("Jl. Melati", "Jl. Melati"),
            ("=1+1", "'=1+1"),
            ("  =cmd|' /C calc'!A0", "'  =cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+628123", "+628123"),
            ("-6.2", "-6.2"),
            ("-6.2, sebelah", "\"'-6.2, sebelah\""),
            ("kata \"besar\"", "\"kata \"\"besar\"\"\""),
            ("dua\nbaris", "\"dua\nbaris\""),
        ] {
            assert_eq!(escaped(cell), expected);
        }
    }
}
