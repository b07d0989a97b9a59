//! Offices: the wall in the database, and which office a call is for.

use contracts::OfficeId;
use platform::Daemon;
use platform::offices::NoOffice;
use testkit::Test;

use crate::support::{Bare, MIGRATOR};

#[tokio::test(flavor = "multi_thread")]
async fn the_second_wall_stands() {
    let test = Test::without_broker(Bare::NAME, &MIGRATOR).await;
    testkit::database::assert_walls(&test.ctx.db).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_sees_its_offices_rows_and_the_next_one_on_the_same_connection_none() {
    let test = Test::without_broker(Bare::NAME, &MIGRATOR).await;
    let other = test.add_office("Kelurahan Lain").await;
    for office in [OfficeId::FIRST, other] {
        let mut tx = test.ctx.db.office(office).await.expect("a transaction");
        let seen: Vec<uuid::Uuid> =
            sqlx::query_scalar("SELECT office_id FROM offices").fetch_all(&mut *tx).await.expect("rows");
        assert_eq!(seen, [office.0]);
        let foreign = sqlx::query("INSERT INTO offices (office_id, name) VALUES ($1, 'x')").bind(uuid::Uuid::now_v7());
        assert!(foreign.execute(&mut *tx).await.is_err(), "writing for another office");
    }
    let mut tx = test.ctx.db.all_offices("a test").await.expect("a transaction");
    let all: i64 = sqlx::query_scalar("SELECT count(*) FROM offices").fetch_one(&mut *tx).await.expect("a count");
    assert_eq!(all, 2);
    tx.commit().await.expect("committed");
    let outside: i64 =
        sqlx::query_scalar("SELECT count(*) FROM offices").fetch_one(test.ctx.db.pool()).await.expect("a count");
    assert_eq!(outside, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_office_need_not_be_named_and_several_must() {
    let test = Test::without_broker(Bare::NAME, &MIGRATOR).await;
    let resolve = async |named| test.ctx.offices.resolve(&test.ctx.db, named).await;
    assert_eq!(resolve(None).await.expect("the only one"), OfficeId::FIRST);
    assert!(matches!(resolve(Some(OfficeId::new())).await, Err(NoOffice::Unknown)));
    let other = test.add_office("Kelurahan Lain").await;
    assert!(matches!(resolve(None).await, Err(NoOffice::Ambiguous)));
    assert_eq!(resolve(Some(other)).await.expect("named"), other);
}

#[test]
fn the_platforms_migration_is_the_same_in_all_five_folders() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let read =
        |service: &str| std::fs::read_to_string(format!("{root}/{service}/0001_platform.sql")).expect("a migration");
    for service in ["channel", "ai", "notification", "dashboard"] {
        assert_eq!(read(service), read("case"), "{service}");
    }
}
