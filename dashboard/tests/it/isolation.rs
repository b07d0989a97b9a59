//! Two offices never see each other; who belongs to both goes from one to the other.

use contracts::OfficeId;
use http::{Method, StatusCode};

use crate::world::{World, location};

const OURS: &str = "LAP-20261120-001";
const THEIRS: &str = "LAP-20261120-002";

async fn two_offices() -> (World, OfficeId) {
    let world = World::new().await;
    let other = world.add_office("Desa Mekarsari").await;
    world.has_complaint(OfficeId::FIRST, OURS, "lubang di jalan kami").await;
    world.has_complaint(other, THEIRS, "lampu mati di sana").await;
    (world, other)
}

#[tokio::test]
async fn each_office_sees_its_own_list_and_complaints_alone() {
    let (world, other) = two_offices().await;
    world.add_person("petugas.kami", "agent", &[OfficeId::FIRST]).await;
    world.add_person("petugas.sana", "agent", &[other]).await;
    for (person, own, foreign) in [("petugas.kami", OURS, THEIRS), ("petugas.sana", THEIRS, OURS)] {
        let browser = world.browser(person).await;
        for page in ["/complaints", "/dashboard"] {
            let html = browser.get(page).await.text();
            assert!(html.contains(own) && !html.contains(foreign), "{person} at {page}");
        }
        assert_eq!(browser.get(&format!("/complaints/{own}")).await.status, StatusCode::OK);
        let page = browser.get(&format!("/complaints/{foreign}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{person}");
        assert!(!page.text().contains("office-select"), "one office, no switch");
    }
}

#[tokio::test]
async fn nobody_enters_an_office_that_is_not_theirs() {
    let (world, other) = two_offices().await;
    world.add_person("petugas.kami", "admin", &[OfficeId::FIRST]).await;
    let browser = world.browser("petugas.kami").await;
    let answer = enter(&browser, other).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(browser.get("/complaints").await.text().contains(OURS));
}

#[tokio::test]
async fn a_super_admin_goes_from_office_to_office() {
    let (world, other) = two_offices().await;
    let browser = world.browser("admin").await;
    let html = browser.get("/complaints").await.text();
    assert!(html.contains(OURS) && html.contains("office-select") && html.contains("Desa Mekarsari"));
    assert_eq!(location(&enter(&browser, other).await), "/dashboard");
    let html = browser.get("/complaints").await.text();
    assert!(html.contains(THEIRS) && !html.contains(OURS));
}

#[tokio::test]
async fn people_and_logs_of_an_office_are_rows_of_that_office() {
    let (world, other) = two_offices().await;
    world.add_person("petugas.kami", "agent", &[OfficeId::FIRST]).await;
    world.add_person("petugas.sana", "agent", &[other]).await;
    world.browser("petugas.sana").await;
    let mut tx = world.test.ctx.db.office(OfficeId::FIRST).await.expect("a transaction");
    let people: Vec<String> =
        sqlx::query_scalar("SELECT username FROM admin_users").fetch_all(&mut *tx).await.expect("rows");
    assert_eq!(people, ["petugas.kami"], "neither theirs nor who stands above the offices");
    let foreign: i64 = sqlx::query_scalar("SELECT count(*) FROM activity_logs WHERE actor_name = 'petugas.sana'")
        .fetch_one(&mut *tx)
        .await
        .expect("a count");
    assert_eq!(foreign, 0);
    let sessions: i64 =
        sqlx::query_scalar("SELECT count(*) FROM admin_sessions").fetch_one(&mut *tx).await.expect("a count");
    assert_eq!(sessions, 0);
}

async fn enter(browser: &testkit::Api, office: OfficeId) -> testkit::Answer {
    browser
        .with("content-type", "application/x-www-form-urlencoded")
        .call(Method::POST, "/office", format!("office_id={office}").into())
        .await
}
