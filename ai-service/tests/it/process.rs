//! `POST /internal/process-message`.

use contracts::events::turn::ReplyReady;
use http::StatusCode;
use serde_json::json;
use testkit::database::assert_walls;

use crate::world::{WHOLE, World};

const PATH: &str = "/internal/process-message";

#[tokio::test]
async fn a_dry_run_understands_and_changes_nothing() {
    let world = World::new().await;
    let body = json!({"wa_user_id": "081234567890", "message": WHOLE, "dry_run": true});
    let answer = world.api().post(PATH, &body).await.expect(StatusCode::OK);
    assert_eq!(answer["intent"], "CREATE_COMPLAINT");
    assert!(answer["confidence"].as_f64().is_some_and(|p| (0.4..=1.0).contains(&p)));
    assert_eq!(
        answer["entities"],
        json!({"kategori": "jalan_rusak", "alamat": "Jl. Melati No. 15", "rt": "02", "rw": "05", "kelurahan": "Sukamaju",
               "deskripsi": "jalan berlubang, sudah banyak motor jatuh"})
    );
    assert_eq!((&answer["state"], &answer["provider"]), (&json!("confirming"), &json!("builtin")));
    assert_eq!(answer["sources"], json!([]));

    let mut tx = world.app.ctx.db.all_offices("a test looks").await.expect("a transaction");
    for table in ["dialogues", "turn_plans", "turn_log", "outbox", "inbox", "idempotency"] {
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&mut *tx)
            .await
            .expect("rows");
        assert_eq!(rows, 0, "{table}");
    }
    assert!(world.channel.received_requests().await.unwrap_or_default().is_empty(), "no contact is made");
}

#[tokio::test]
async fn calls_go_on_where_the_last_one_ended() {
    let world = World::new().await;
    world.channel_resolves().await;
    world.case_takes_complaints().await;
    let say = |message: &str| json!({"wa_user_id": "6281234567890", "message": message});
    let api = world.api();
    assert_eq!(api.post(PATH, &say("mau lapor")).await.expect(StatusCode::OK)["state"], "collecting");
    api.post(PATH, &say("lampu jalan mati di jl kenanga no 3")).await.expect(StatusCode::OK);
    let answer = api.post(PATH, &say("ya")).await.expect(StatusCode::OK);
    assert!(answer["reply"].as_str().is_some_and(|text| text.contains("LAP-20261120-001")), "{answer}");
    assert!(world.test.outbox::<ReplyReady>().await.is_empty(), "a call is answered where it came in");
}

#[tokio::test]
async fn the_same_message_id_hears_the_same_answer() {
    let world = World::new().await;
    world.channel_resolves().await;
    world.case_takes_complaints().await;
    let api = world.api();
    let say = |message: &str, id: &str| json!({"wa_user_id": "6281234567890", "message": message, "message_id": id});
    api.post(PATH, &say(WHOLE, "a")).await.expect(StatusCode::OK);
    let first = api.post(PATH, &say("ya", "b")).await.expect(StatusCode::OK);
    let second = api.post(PATH, &say("ya", "b")).await.expect(StatusCode::OK);
    assert_eq!(first, second);
    assert_eq!(world.creations().await.len(), 1);
    let by_key = |key: &'static str| api.key(key);
    let greeting = json!({"wa_user_id": "6281234567890", "message": "halo"});
    let one = by_key("k").post(PATH, &greeting).await.expect(StatusCode::OK);
    assert_eq!(by_key("k").post(PATH, &greeting).await.expect(StatusCode::OK), one);
}

#[tokio::test]
async fn case_service_away_is_a_503_and_the_retry_resumes() {
    let world = World::new().await;
    world.channel_resolves().await;
    world.case_is_away().await;
    let body = json!({"wa_user_id": "6281234567890", "message": "laporan saya sampai mana", "message_id": "a"});
    world.api().post(PATH, &body).await.expect(StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn bad_requests_name_every_field() {
    let world = World::new().await;
    let answer = world.api().post(PATH, &json!({"wa_user_id": "budi", "message": " "})).await;
    let problem = answer.expect(StatusCode::BAD_REQUEST);
    let fields: Vec<&str> =
        problem["errors"].as_array().expect("errors").iter().filter_map(|e| e["field"].as_str()).collect();
    assert_eq!(fields, ["wa_user_id", "message"]);
    world
        .api()
        .post(PATH, &json!({"wa_user_id": "62812", "message": "x", "dryrun": true}))
        .await
        .expect(StatusCode::BAD_REQUEST);
    world.api().without("x-internal-api-key").post(PATH, &json!({})).await.expect(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_second_wall_stands() {
    let world = World::new().await;
    assert_walls(&world.app.ctx.db).await;
}
