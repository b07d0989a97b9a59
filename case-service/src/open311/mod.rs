//! GeoReport v2 of Open311: what the public may know of complaints, and a way in for other programs.
//!
//! Called by anybody. What must stay true: no personal data leaves here (free texts go through [`public`]), nothing that is
//! `rahasia` or erased exists here, and both formats say the same, because both are written from one [`render::Node`].

mod discovery;
mod filter;
pub mod keys;
mod limits;
mod public;
mod render;
mod report;
mod requests;
mod services;
mod store;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use contracts::OfficeId;
use contracts::office::Office;

pub use limits::Limits;
use render::{Failure, Format};

use crate::App;

/// A report is a form of a few texts.
const MAX_FORM: usize = 64 * 1024;

/// The public addresses, each in both formats.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/open311/v2/discovery.{format}", get(discovery::discovery))
        .route("/open311/v2/services.{format}", get(services::list))
        .route("/open311/v2/services/{file}", get(services::definition))
        .route("/open311/v2/requests.{format}", get(requests::list).post(report::create))
        .route("/open311/v2/requests/{file}", get(requests::one))
        .route("/open311/v2/tokens/{file}", get(requests::token))
        .layer(DefaultBodyLimit::max(MAX_FORM))
}

/// `<id>.<format>`.
fn file(name: &str) -> Option<(&str, Format)> {
    let (id, format) = name.rsplit_once('.')?;
    Some((id, Format::from_word(format)?)).filter(|(id, _)| !id.is_empty())
}

/// The office that a call is about: `jurisdiction_id` is its id, or its name in small letters with `-` between the words.
async fn office(app: &App, jurisdiction: Option<&str>, format: Format) -> Result<Office, Failure> {
    let mut tx = app.ctx.db.all_offices("which office a jurisdiction_id names").await?;
    let offices = platform::offices::list(&mut tx).await?;
    tx.commit().await?;
    let jurisdiction = jurisdiction.map(str::trim).filter(|text| !text.is_empty());
    let found: Vec<Office> = match jurisdiction {
        None => offices,
        Some(text) => {
            let text = text.to_lowercase();
            offices
                .into_iter()
                .filter(|office| office.office_id.to_string() == text || slug(&office.name) == text)
                .collect()
        }
    };
    match (<[Office; 1]>::try_from(found), jurisdiction) {
        (Ok([office]), _) => Ok(office),
        (Err(none), Some(_)) if none.is_empty() => {
            Err(format.not_found("there is no office with this jurisdiction_id"))
        }
        _ => Err(format.bad("jurisdiction_id is needed: there are several offices")),
    }
}

/// `Kelurahan Sukamaju` → `kelurahan-sukamaju`.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// The name under which the office is asked for.
fn jurisdiction(office: OfficeId) -> String {
    office.to_string()
}
