//! Signing in, staying signed in, guessing, signing out.

use axum::body::Body;
use chrono::Duration;
use http::{Method, StatusCode, header};
use testkit::database::assert_walls;

use crate::world::{PASSWORD, World, cookie, location};

#[tokio::test]
async fn who_is_not_signed_in_signs_in_first_and_comes_back() {
    let world = World::new().await;
    let answer = world.visitor.get("/complaints?status=baru").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(location(&answer), "/login?next=%2Fcomplaints%3Fstatus%3Dbaru");
    let page = world.visitor.get(location(&answer)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains(r#"name="next" value="/complaints?status=baru""#), "{}", page.text());
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_and_the_database_holds_only_its_hash() {
    let world = World::new().await;
    let answer = world.try_sign_in("Admin", PASSWORD, "10.0.0.1").await;
    let set = answer.headers[header::SET_COOKIE].to_str().expect("text");
    assert!(set.starts_with("gc_session=") && set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    assert!(!set.contains("Secure"), "plain http here");
    let token = cookie(&answer).trim_start_matches("gc_session=").to_owned();
    let mut tx = world.test.ctx.db.all_offices("a test looks").await.expect("a transaction");
    let all: String = sqlx::query_scalar("SELECT string_agg(s::text, '') FROM admin_sessions s")
        .fetch_one(&mut *tx)
        .await
        .expect("rows");
    assert!(!all.contains(&token));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_read_the_same() {
    let world = World::new().await;
    let wrong = world.try_sign_in("admin", "salah sekali", "10.0.0.1").await;
    let unknown = world.try_sign_in("siapa", "salah sekali", "10.0.0.1").await;
    assert_eq!(location(&wrong), "/login?alasan=salah&next=%2Fcomplaints");
    assert_eq!(location(&unknown), location(&wrong));
    assert!(wrong.headers.get(header::SET_COOKIE).is_none());
    let page = world.visitor.get(location(&wrong)).await.text();
    assert!(page.contains("Nama pengguna atau kata sandi salah."));
}

#[tokio::test]
async fn a_guesser_waits_longer_and_longer_and_locks_nobody_else_out() {
    let world = World::new().await;
    for _ in 0..5 {
        assert!(location(&world.try_sign_in("admin", "tebakan", "10.0.0.1").await).contains("alasan=salah"));
    }
    assert!(
        location(&world.try_sign_in("admin", PASSWORD, "10.0.0.1").await).contains("alasan=terkunci"),
        "even with the right one"
    );
    assert_eq!(
        location(&world.try_sign_in("admin", PASSWORD, "10.0.0.2").await),
        "/complaints",
        "the person elsewhere"
    );
    world.test.clock.advance(Duration::seconds(6));
    assert!(location(&world.try_sign_in("admin", "tebakan", "10.0.0.1").await).contains("alasan=salah"));
    world.test.clock.advance(Duration::seconds(6));
    assert!(
        location(&world.try_sign_in("admin", PASSWORD, "10.0.0.1").await).contains("alasan=terkunci"),
        "now it is 10 s"
    );
    world.test.clock.advance(Duration::seconds(5));
    assert_eq!(location(&world.try_sign_in("admin", PASSWORD, "10.0.0.1").await), "/complaints");
    assert!(
        location(&world.try_sign_in("admin", "tebakan", "10.0.0.1").await).contains("alasan=salah"),
        "and all is forgotten"
    );
}

#[tokio::test]
async fn tries_at_once_are_counted_one_by_one() {
    let world = World::new().await;
    let tries = (0..12).map(|_| world.try_sign_in("admin", "tebakan", "10.0.0.1"));
    let answers = futures_util::future::join_all(tries).await;
    let looked_at = answers.iter().filter(|answer| location(answer).contains("alasan=salah")).count();
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_and_lives_on_while_it_is_used() {
    let world = World::new().await;
    let browser = world.browser("admin").await;
    for _ in 0..3 {
        world.test.clock.advance(Duration::hours(11));
        assert_eq!(browser.get("/dashboard").await.status, StatusCode::OK);
    }
    world.test.clock.advance(Duration::hours(12) + Duration::seconds(1));
    assert_eq!(location(&browser.get("/dashboard").await), "/login?next=%2Fdashboard");
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server_too() {
    let world = World::new().await;
    let browser = world.browser("admin").await;
    let answer = browser.call(Method::POST, "/logout", Body::empty()).await;
    assert_eq!(location(&answer), "/login");
    assert!(answer.headers[header::SET_COOKIE].to_str().expect("text").contains("Max-Age=0"));
    assert_eq!(browser.get("/dashboard").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn another_sites_form_changes_nothing() {
    let world = World::new().await;
    let browser = world.browser("admin").await;
    let forged = browser.with("sec-fetch-site", "cross-site").call(Method::POST, "/logout", Body::empty()).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/dashboard").await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_walls_stand_and_the_log_only_grows() {
    let world = World::new().await;
    assert_walls(&world.test.ctx.db).await;
    world.browser("admin").await;
    let mut tx = world.test.ctx.db.all_offices("a test looks").await.expect("a transaction");
    let actions: Vec<String> =
        sqlx::query_scalar("SELECT action FROM activity_logs ORDER BY at, id").fetch_all(&mut *tx).await.expect("rows");
    assert_eq!(actions, ["staff.created", "session.started"]);
    let erased = sqlx::query("DELETE FROM activity_logs").execute(&mut *tx).await;
    assert!(erased.is_err_and(|error| error.to_string().contains("append-only")));
}
