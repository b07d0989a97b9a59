//! `POST /settings`

use axum::Extension;
use axum::extract::{Form, State};
use axum::response::Response;
use contracts::events::office::OfficeUpdated;
use contracts::office::Office;
use leptos::serde_json::json;
use platform::http::Problem;
use platform::offices;
use platform::outbox::{Cause, append};
use tracing::error;

use super::form::Fields;
use super::page;
use crate::Server;
use crate::activity::{self, Activity};
use crate::drawn::http::{answer, on, sender};
use crate::offices::store;
use crate::sessions::Viewer;
use crate::sessions::http::{SessionState, by};
use crate::staff::MANAGE_OFFICE;

/// Saves the settings if they are good and nobody was faster; otherwise the form comes back as it was filled in.
pub async fn save(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let signed = match sender(state) {
        Ok(signed) => signed,
        Err(instead) => return *instead,
    };
    if !signed.viewer.may(MANAGE_OFFICE) {
        return on("/settings");
    }
    let fields = Fields(fields);
    let seen: i64 = fields.get("version").parse().unwrap_or_default();
    let wrong = match change(&server, &signed.viewer, &fields, seen).await {
        Ok(None) => return on("/settings?pesan=tersimpan"),
        Ok(Some(wrong)) => wrong,
        Err(problem) => {
            error!(?problem, "the settings could not be saved");
            vec!["Pengaturan belum tersimpan karena gangguan. Coba simpan lagi.".to_owned()]
        }
    };
    let drawn = page::draw(&fields, seen, false, wrong);
    answer(&server, signed, "/settings", drawn).await
}

/// `Some`: what is wrong.
async fn change(server: &Server, viewer: &Viewer, fields: &Fields, seen: i64) -> Result<Option<Vec<String>>, Problem> {
    let id = viewer.office.office_id;
    let mut tx = server.ctx.db.office(id).await?;
    let before = store::lock(&mut tx, id).await?.ok_or_else(|| Problem::not_found("there is no such office"))?;
    let (name, settings) = match fields.read(&before.settings) {
        Ok(read) => read,
        Err(wrong) => return Ok(Some(wrong)),
    };
    if before.version != seen {
        let late = "Pengaturan sudah diubah orang lain sementara Anda mengisinya. Buka halaman ini di jendela lain, bandingkan, lalu isi dan simpan lagi dari sana.";
        return Ok(Some(vec![late.to_owned()]));
    }
    let office = Office { name, settings, version: before.version + 1, ..before };
    offices::keep(&mut tx, &office).await?;
    append(&server.ctx, &mut tx, id, &OfficeUpdated { office: office.clone() }, &Cause::none()).await?;
    let entry = Activity {
        details: json!({ "version": office.version }),
        ..by(viewer, "office.changed", Some(office.name.clone()))
    };
    activity::store::add(&mut tx, &entry, server.ctx.clock.now()).await?;
    tx.commit().await?;
    server.ctx.outbox.wake();
    server.ctx.offices.forget();
    Ok(None)
}
