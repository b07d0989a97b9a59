//! Categories over HTTP.

use axum::extract::State;
use contracts::dto::Page;
use contracts::dto::case::CategoryView;
use platform::http::auth::Office;
use platform::http::{Json, Problem};

use super::store;
use crate::App;

/// What the office takes complaints about.
#[utoipa::path(get, path = "/internal/categories", tag = "categories", responses((status = 200, body = Page<CategoryView>)))]
pub async fn list(State(app): State<App>, Office(office): Office) -> Result<Json<Page<CategoryView>>, Problem> {
    let mut tx = app.ctx.db.office(office).await?;
    let categories = store::list(&mut tx, office, app.ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(categories)))
}
