//! Finding and counting complaints.

use axum::http::StatusCode;
use contracts::ContactId;
use serde_json::json;

use crate::world::{World, body, body_with, fields, number, numbers};

#[tokio::test]
async fn pages_follow_each_other_without_repeating_or_missing_any() {
    let world = World::new().await;
    for _ in 0..7 {
        world.complaint(&body(ContactId::new())).await;
    }
    world.test.clock.advance(chrono::Duration::seconds(1));
    for _ in 0..4 {
        world.complaint(&body(ContactId::new())).await;
    }
    for (sort, first) in [("-created_at", 11), ("created_at", 1), ("due_at", 1), ("-updated_at", 11)] {
        let mut seen = Vec::new();
        let mut query = format!("/internal/complaints?limit=3&sort={sort}");
        loop {
            let page = world.api.get(&query).await.expect(StatusCode::OK);
            seen.extend(numbers(&page).into_iter().map(str::to_owned));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            // What comes in between shifts nothing.
            query = format!("/internal/complaints?limit=3&sort={sort}&cursor={cursor}");
        }
        assert_eq!(seen.len(), 11, "{sort}");
        assert_eq!(seen[0], format!("LAP-20261120-{first:03}"), "{sort}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 11, "{sort}");
    }
}

#[tokio::test]
async fn filters_narrow_and_combine() {
    let world = World::new().await;
    let contact = ContactId::new();
    let road = world.complaint(&body(contact)).await;
    let lamp = json!({"kategori": "lampu_jalan", "kelurahan": "Mekarsari", "deskripsi": "lampu 100% mati", "alamat": "Gg. Kenari"});
    let lamp = world.complaint(&body_with(ContactId::new(), lamp)).await;
    world.moved(number(&lamp), &json!({"status": "terverifikasi"})).await;
    world.test.clock.advance(chrono::Duration::days(1));
    let later = world.complaint(&body(contact)).await;

    let all = [number(&later), number(&lamp), number(&road)];
    for (query, expected) in [
        (String::new(), vec![all[0], all[1], all[2]]),
        ("status=terverifikasi".to_owned(), vec![all[1]]),
        ("status=baru,terverifikasi&sort=created_at".to_owned(), vec![all[2], all[1], all[0]]),
        ("kategori=lampu_jalan".to_owned(), vec![all[1]]),
        ("kelurahan=mekarSARI".to_owned(), vec![all[1]]),
        (format!("contact_id={contact}"), vec![all[0], all[2]]),
        ("from=2026-11-21".to_owned(), vec![all[0]]),
        ("to=2026-11-20".to_owned(), vec![all[1], all[2]]),
        ("from=2026-11-21T09:00:00%2B07:00&to=2026-11-21T09:00:01%2B07:00".to_owned(), vec![all[0]]),
        ("q=kenari".to_owned(), vec![all[1]]),
        ("q=100%25".to_owned(), vec![all[1]]),
        ("q=1_0".to_owned(), vec![]),
        ("q=LAP-20261121".to_owned(), vec![all[0]]),
        ("q=lap%2020261120%201".to_owned(), vec![all[2]]),
        ("q=knari".to_owned(), vec![all[1]]),
        ("q=kenari%20lampu".to_owned(), vec![all[1]]),
        ("q=kenari%20berlubang".to_owned(), vec![]),
        ("q=yang%20di".to_owned(), vec![]),
        ("q=motor&status=baru&kelurahan=sukamaju".to_owned(), vec![all[0], all[2]]),
    ] {
        let page = world.api.get(&format!("/internal/complaints?{query}")).await.expect(StatusCode::OK);
        assert_eq!(numbers(&page), expected, "{query}");
    }
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let world = World::new().await;
    for (query, field) in [
        ("limit=201", "limit"),
        ("limit=0", "limit"),
        ("sort=x", "sort"),
        ("cursor=x", "cursor"),
        ("status=x", "status"),
    ] {
        let problem = world.api.get(&format!("/internal/complaints?{query}")).await.expect(StatusCode::BAD_REQUEST);
        assert_eq!(fields(&problem), [field], "{query}");
    }
    world.api.get("/internal/complaints?statsu=baru").await.expect(StatusCode::BAD_REQUEST);
}

/// Counts as `key count/late`.
fn short(counts: &serde_json::Value) -> String {
    let one = |count: &serde_json::Value| {
        format!("{} {}/{}", count["key"].as_str().expect("a key"), count["count"], count["late"])
    };
    counts.as_array().expect("counts").iter().map(one).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn a_kept_time_and_how_long_it_took_are_counted() {
    let world = World::new().await;
    for _ in 0..2 {
        world.complaint(&body_with(ContactId::new(), json!({"kategori": "sampah"}))).await;
    }
    for (id, hours) in [("LAP-20261120-001", 2), ("LAP-20261120-002", 60 * 24)] {
        for status in ["terverifikasi", "diproses"] {
            world.moved(id, &json!({"status": status})).await;
        }
        world.test.clock.advance(chrono::Duration::hours(hours));
        world.moved(id, &json!({"status": "selesai", "remark": "beres"})).await;
    }
    let stats = world.api.get("/internal/complaints/stats?from=2026-11-01").await.expect(StatusCode::OK);
    assert_eq!((&stats["closed"], &stats["kept"], &stats["median_minutes"]), (&json!(2), &json!(1), &json!(120)));
}

#[tokio::test]
async fn an_export_is_the_whole_list_with_nothing_that_computes() {
    let world = World::new().await;
    let bad = json!({"deskripsi": "=HYPERLINK(\"http://x\"), lubang", "alamat": "Jl. Melati, No. 1"});
    world.complaint(&body_with(ContactId::new(), bad)).await;
    for _ in 0..3 {
        world.complaint(&body_with(ContactId::new(), json!({"kategori": "sampah"}))).await;
    }
    let text = world.api.get("/internal/complaints/export.csv?sort=created_at&limit=2").await.text();
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines[0].starts_with("nomor,status,kategori,alamat"), "{text}");
    assert!(lines[1].contains("\"'=HYPERLINK(\"\"http://x\"\"), lubang\""), "{text}");
    let some = world.api.get("/internal/complaints/export.csv?kategori=sampah").await.text();
    assert_eq!(some.lines().count(), 4);
    let viewer = world.api.actor(&world.test.actor("Budi", Some(contracts::OfficeId::FIRST), &["complaint.update"]));
    viewer.get("/internal/complaints/export.csv").await.expect(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn counts_add_up_and_know_what_is_late() {
    let world = World::new().await;
    for kategori in ["sampah", "sampah", "pohon", "pohon"] {
        world.complaint(&body_with(ContactId::new(), json!({"kategori": kategori}))).await;
    }
    world.moved("LAP-20261120-001", &json!({"status": "ditolak", "reason": "x"})).await;
    world.moved("LAP-20261120-003", &json!({"status": "menunggu_warga", "question": "x"})).await;
    world.test.clock.advance(chrono::Duration::days(25));
    world.complaint(&body(ContactId::new())).await;

    let stats = world.api.get("/internal/complaints/stats").await.expect(StatusCode::OK);
    assert_eq!((&stats["total"], &stats["open"], &stats["late"]), (&json!(5), &json!(4), &json!(2)));
    assert_eq!((&stats["closed"], &stats["kept"], &stats["median_minutes"]), (&json!(1), &json!(1), &json!(null)));
    assert_eq!(short(&stats["by_kategori"]), "pohon 2/1, sampah 2/1, jalan_rusak 1/0");
    assert_eq!(short(&stats["by_day"]), "2026-11-20 4/2, 2026-12-15 1/0");
    assert_eq!(short(&stats["by_agency"]), " 5/2");
    assert_eq!(short(&stats["by_age"]), "30 3/2, 3 1/0");
    let late = world.api.get("/internal/complaints?sla=late&sort=created_at").await.expect(StatusCode::OK);
    assert_eq!(numbers(&late), ["LAP-20261120-002", "LAP-20261120-004"]);

    let some = world.api.get("/internal/complaints/stats?group_by=status&from=2026-12-01").await.expect(StatusCode::OK);
    assert_eq!(short(&some["by_status"]), "baru 1/0");
    assert_eq!(some["by_day"], json!([]));
    let bad = world.api.get("/internal/complaints/stats?group_by=mood&from=x").await.expect(StatusCode::BAD_REQUEST);
    assert_eq!(fields(&bad), ["from", "group_by"]);
}

#[tokio::test]
async fn an_office_starts_with_thirteen_categories() {
    let world = World::new().await;
    let page = world.api.get("/internal/categories").await.expect(StatusCode::OK);
    let categories = page["data"].as_array().expect("data");
    assert_eq!(categories.len(), 13);
    assert_eq!(
        categories[0],
        json!({
            "kategori": "jalan_rusak", "name": "Jalan rusak", "sla": {"amount": 60, "unit": "working_days"}, "fields": [],
            "position": 1, "active": true, "version": 1,
        })
    );
}

#[tokio::test]
async fn what_a_complaint_says_no_longer_finds_it_no_longer() {
    let world = World::new().await;
    let complaint = world.complaint(&body(ContactId::new())).await;
    let found = async |q: &str| {
        let page = world.api.get(&format!("/internal/complaints?q={q}")).await.expect(StatusCode::OK);
        page["data"].as_array().map(Vec::len)
    };
    assert_eq!((found("melati").await, found("kamboja").await), (Some(1), Some(0)));
    world.moved(number(&complaint), &json!({"alamat": "Jl. Kamboja 3"})).await;
    assert_eq!((found("melati").await, found("kamboja").await), (Some(0), Some(1)));
}

#[tokio::test]
async fn complaints_from_before_there_were_words_are_taken_up() {
    let world = World::new().await;
    world.complaint(&body(ContactId::new())).await;
    let mut tx = world.test.ctx.db.office(contracts::OfficeId::FIRST).await.expect("a transaction");
    for statement in
        ["DELETE FROM complaint_words", "DELETE FROM vocabulary", "UPDATE complaints SET words_written = false"]
    {
        sqlx::query(statement).execute(&mut *tx).await.expect("done");
    }
    tx.commit().await.expect("committed");
    assert_eq!(case_service::complaints::words::worker::tick(&world.app).await.expect("a tick"), 1);
    assert_eq!(numbers(&world.api.get("/internal/complaints?q=melatih").await.expect(StatusCode::OK)).len(), 1);
}
