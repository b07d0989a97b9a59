//! Signing in and out over HTTP, and who is behind a request.
//!
//! Sign-in, sign-out and the office's switch are plain forms: they answer with a redirect and need no script.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Extension, Form, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;
use contracts::OfficeId;
use http::HeaderMap;
use http::request::Parts;
use leptos::prelude::use_context;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use platform::http::Problem;
use platform::http::auth::{Person, sign};
use platform::http::client::Call;
use secrecy::SecretString;
use serde::Deserialize;
use tracing::{error, info, warn};

use super::lockout::{FREE_AT_ACCOUNT, FREE_AT_ADDRESS};
use super::token::Token;
use super::{SignInFailure, Viewer, cookie, safe_next, store};
use crate::Server;
use crate::activity::{self, Activity};
use crate::error::AppError;
use crate::staff;

/// Over all accounts of one address.
const ANY_ACCOUNT: &str = "";

/// A person with their session.
#[derive(Debug, Clone)]
pub struct Signed {
    pub viewer: Viewer,
    pub token: Token,
}

/// Who is behind a request; in every request's extensions.
#[derive(Debug, Clone)]
pub enum SessionState {
    Signed(Box<Signed>),
    Nobody,
    /// The database is away: it is not known.
    Unavailable,
}

/// Finds the session of every request, once.
pub async fn find_session(State(server): State<Server>, mut request: Request, next: Next) -> Response {
    let state = match cookie::read(request.headers()) {
        None => SessionState::Nobody,
        Some(token) => match look_up(&server, &token).await {
            Ok(Some(viewer)) => SessionState::Signed(Box::new(Signed { viewer, token })),
            Ok(None) => SessionState::Nobody,
            Err(error) => {
                warn!(error = &error as &dyn std::error::Error, "the session could not be looked up");
                SessionState::Unavailable
            }
        },
    };
    request.extensions_mut().insert(state);
    next.run(request).await
}

async fn look_up(server: &Server, token: &Token) -> Result<Option<Viewer>, sqlx::Error> {
    let mut tx = server.ctx.db.all_offices("session").await?;
    let viewer = store::find(&mut tx, &token.hash(), server.ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(viewer)
}

/// Who is signed in, for server functions.
pub fn signed_in() -> Result<Viewer, AppError> {
    let parts = use_context::<Parts>().ok_or(AppError::Internal)?;
    match parts.extensions.get::<SessionState>() {
        Some(SessionState::Signed(signed)) => Ok(signed.viewer.clone()),
        Some(SessionState::Unavailable) => Err(AppError::Unavailable),
        _ => Err(AppError::NotSignedIn),
    }
}

/// A call to another service for the viewer's office, with a fresh token in their name.
pub fn call_as(server: &Server, viewer: &Viewer) -> Result<Call, AppError> {
    let office = viewer.office.office_id;
    let person = Person {
        id: viewer.user_id.to_string(),
        name: viewer.name.clone(),
        office: Some(office),
        role: viewer.role.to_string(),
        permissions: viewer.permissions.clone(),
    };
    let token = sign(&person, &server.ctx.keys.actor, server.ctx.clock.now()).map_err(|error| {
        error!(error = &error as &dyn std::error::Error, "the actor's token could not be signed");
        AppError::Internal
    })?;
    Ok(Call::office(office).actor(token))
}

/// After a plain form: to this page, without the old error in its address. With script the page is there already.
pub fn back_to(path: &str) {
    if use_context::<Parts>().is_some_and(|parts| is_plain_form(&parts)) {
        leptos_axum::redirect(path);
    }
}

/// A form that the browser sent by itself.
pub fn is_plain_form(parts: &Parts) -> bool {
    let accept = parts.headers.get(http::header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

/// The sign-in form.
#[derive(Deserialize)]
pub struct SignIn {
    username: String,
    password: SecretString,
    #[serde(default)]
    next: Option<String>,
}

/// `POST /login`
pub async fn sign_in(
    State(server): State<Server>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    jar: CookieJar,
    Form(form): Form<SignIn>,
) -> Response {
    let address = address(&server, peer.map(|Extension(ConnectInfo(peer))| peer), &headers);
    let next = form.next.clone();
    match try_sign_in(&server, form, &address).await {
        Ok(token) => {
            server.metrics.sign_ins.with_label_values(&["good"]).inc();
            (jar.add(cookie::give(&token, server.is_https())), Redirect::to(safe_next(next.as_deref()))).into_response()
        }
        Err(failure) => {
            server.metrics.sign_ins.with_label_values(&[failure.as_str()]).inc();
            let next = utf8_percent_encode(safe_next(next.as_deref()), NON_ALPHANUMERIC).to_string();
            Redirect::to(&format!("/login?alasan={}&next={next}", failure.as_str())).into_response()
        }
    }
}

async fn try_sign_in(server: &Server, form: SignIn, address: &str) -> Result<Token, SignInFailure> {
    let account: String = form.username.trim().to_lowercase().chars().take(64).collect();
    let now = server.ctx.clock.now();
    let db = &server.ctx.db;

    let mut tx = db.all_offices("sign in").await.map_err(away)?;
    // Both are counted even when one refuses, in one order, so that tries never wait for each other in a circle.
    let address_is_free = store::count_try(&mut tx, ANY_ACCOUNT, address, FREE_AT_ADDRESS, now).await.map_err(away)?;
    let account_is_free =
        address_is_free && store::count_try(&mut tx, &account, address, FREE_AT_ACCOUNT, now).await.map_err(away)?;
    let person = staff::store::for_sign_in(&mut tx, &account).await.map_err(away)?;
    tx.commit().await.map_err(away)?;
    if !account_is_free {
        warn!("a sign-in was refused: too many tries");
        return Err(SignInFailure::Locked);
    }

    let stored = person.as_ref().map(|person| person.password_hash.clone());
    let right = staff::password::is_right(form.password, stored).await.map_err(|error| {
        error!(error = &error as &dyn std::error::Error, "a password could not be checked");
        SignInFailure::Unavailable
    })?;
    let Some(person) = person.filter(|_| right) else { return Err(SignInFailure::Wrong) };

    let token = Token::random();
    let mut tx = db.all_offices("sign in").await.map_err(away)?;
    store::forget_tries(&mut tx, &account, address).await.map_err(away)?;
    store::give_back(&mut tx, ANY_ACCOUNT, address).await.map_err(away)?;
    let started = store::start(&mut tx, person.id, &token.hash(), address, now).await.map_err(away)?;
    // Without an office there is nothing to see: as if the person did not exist.
    let Some(office_id) = started else { return Err(SignInFailure::Wrong) };
    let entry = Activity {
        office_id,
        user_id: Some(person.id),
        actor_name: &person.name,
        action: "session.started",
        subject: None,
        details: serde_json::json!({ "address": address }),
    };
    activity::store::add(&mut tx, &entry, now).await.map_err(away)?;
    tx.commit().await.map_err(away)?;
    info!(user_id = %person.id, "somebody signed in");
    Ok(token)
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn away(error: sqlx::Error) -> SignInFailure {
    error!(error = &error as &dyn std::error::Error, "a sign-in failed by our own fault");
    SignInFailure::Unavailable
}

/// Where a caller is. The proxy's word counts only if the configuration says that there is one.
fn address(server: &Server, peer: Option<SocketAddr>, headers: &HeaderMap) -> String {
    let forwarded = server
        .config
        .trust_forwarded_for
        .then(|| headers.get("x-forwarded-for")?.to_str().ok()?.rsplit(',').next().map(|text| text.trim().to_owned()))
        .flatten()
        .filter(|text| text.parse::<std::net::IpAddr>().is_ok());
    forwarded.or_else(|| peer.map(|peer| peer.ip().to_string())).unwrap_or_else(|| "unknown".to_owned())
}

/// `POST /logout`
pub async fn sign_out(State(server): State<Server>, jar: CookieJar, request: Request) -> Result<Response, Problem> {
    if let Some(SessionState::Signed(signed)) = request.extensions().get::<SessionState>() {
        let mut tx = server.ctx.db.all_offices("session").await?;
        store::end(&mut tx, &signed.token.hash()).await?;
        let entry = by(&signed.viewer, "session.ended", None);
        activity::store::add(&mut tx, &entry, server.ctx.clock.now()).await?;
        tx.commit().await?;
    }
    let gone: Cookie<'static> = cookie::take(server.is_https());
    Ok((jar.add(gone), Redirect::to("/login")).into_response())
}

/// The switch's form.
#[derive(Debug, Deserialize)]
pub struct Switch {
    office_id: OfficeId,
}

/// `POST /office`: goes on in another of the person's offices.
pub async fn switch_office(
    State(server): State<Server>,
    Extension(state): Extension<SessionState>,
    Form(switch): Form<Switch>,
) -> Result<Redirect, Problem> {
    let SessionState::Signed(signed) = state else { return Ok(Redirect::to("/login")) };
    if !signed.viewer.offices.iter().any(|office| office.office_id == switch.office_id) {
        return Err(Problem::forbidden("this office is not one of yours"));
    }
    let mut tx = server.ctx.db.all_offices("session").await?;
    store::switch(&mut tx, &signed.token.hash(), switch.office_id).await?;
    let entry = Activity { office_id: switch.office_id, ..by(&signed.viewer, "office.entered", None) };
    activity::store::add(&mut tx, &entry, server.ctx.clock.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to("/dashboard"))
}

/// What this person did, in the office that they work in.
pub fn by<'a>(viewer: &'a Viewer, action: &'static str, subject: Option<String>) -> Activity<'a> {
    Activity {
        office_id: viewer.office.office_id,
        user_id: Some(viewer.user_id),
        actor_name: &viewer.name,
        action,
        subject,
        details: serde_json::json!({}),
    }
}
