//! The session's cookie.

use axum_extra::extract::cookie::{Cookie, SameSite};
use http::HeaderMap;

use super::token::Token;

/// Its name.
pub const NAME: &str = "gc_session";

/// The token that a request brings.
pub fn read(headers: &HeaderMap) -> Option<Token> {
    let jar = axum_extra::extract::CookieJar::from_headers(headers);
    Token::read(jar.get(NAME)?.value())
}

/// Gives the browser a token until it is closed: out of reach of scripts and of other sites' forms. The server ends
/// sessions by itself.
pub fn give(token: &Token, secure: bool) -> Cookie<'static> {
    base(token.expose().to_owned(), secure)
}

/// Takes it away.
pub fn take(secure: bool) -> Cookie<'static> {
    let mut cookie = base(String::new(), secure);
    cookie.make_removal();
    cookie
}

fn base(value: String, secure: bool) -> Cookie<'static> {
    let mut cookie = Cookie::new(NAME, value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(secure);
    cookie
}
