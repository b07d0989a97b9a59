//! The list over HTTP.

use axum::extract::State;
use contracts::dto::Page;
use contracts::dto::case::ComplaintView;
use contracts::permissions::{CITIZEN_PRIVACY, TAKE_CONVERSATIONS};
use platform::http::auth::{Actor, Office};
use platform::http::{Json, Problem, Query};

use super::{Cursor, Filter, Params, store};
use crate::App;
use crate::complaints::draft::Checker;
use crate::complaints::sight::Sight;
use crate::error::Error;

/// Complaints, page by page.
#[utoipa::path(
    get, path = "/internal/complaints", tag = "complaints", params(Params),
    responses(
        (status = 200, body = Page<ComplaintView>),
        (status = 400, description = "every bad parameter is named", body = contracts::problem::Problem)
    )
)]
pub async fn list(
    State(app): State<App>,
    Office(office): Office,
    actor: Actor,
    Query(params): Query<Params>,
) -> Result<Json<Page<ComplaintView>>, Problem> {
    let filter = read(&params, &actor)?;
    let sight = Sight::of(&actor);
    let mut tx = app.ctx.db.office(office).await?;
    let mut found = store::page(&app.identities, &mut tx, office, &filter, &sight, app.ctx.clock.now()).await?;
    tx.commit().await?;

    let more = found.len() > filter.limit as usize;
    found.truncate(filter.limit as usize);
    let next_cursor = found.last().filter(|_| more).map(|last| Cursor::of(last, filter.sort.by).encode());
    Ok(Json(Page { data: found.iter().map(|complaint| sight.view(&app.identities, complaint)).collect(), next_cursor }))
}

/// Reads the query string for this caller. Whose complaints a list holds is asked by those who talk with citizens only.
pub fn read(params: &Params, actor: &Actor) -> Result<Filter, Problem> {
    let mut check = Checker::default();
    let filter = params.read(&mut check);
    let errors = check.finish();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    if filter.contact_id.is_some() && actor.person().is_some() && !actor.may(TAKE_CONVERSATIONS) {
        actor.require(CITIZEN_PRIVACY)?;
    }
    Ok(filter)
}
