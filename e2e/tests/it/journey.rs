//! One citizen's complaint from the first word to the news about it.

use anyhow::{Context as _, Result, ensure};
use chrono_tz::Asia::Jakarta;
use e2e::{Phone, Service, World};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::pages;

pub const COMPLAINT: &str = "Selamat pagi, saya mau lapor jalan berlubang di Jl. Melati No. 15 RT 02 RW 05 Kelurahan Sukamaju, sudah banyak motor jatuh";

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_end_to_end() {
    crate::told(async |world| {
        pages::every_service_tells_how_it_is(world).await?;
        let number = a_complaint_gets_a_number_of_today_after_its_confirmation(world).await?;
        pages::pages_have_their_content_before_any_script(world, &number).await?;
        a_tapped_button_confirms_as_well(world).await?;
        its_citizen_can_ask_for_its_status(world, &number).await?;
        a_change_of_status_sends_exactly_one_message(world, &number).await
    })
    .await;
}

async fn a_complaint_gets_a_number_of_today_after_its_confirmation(world: &World) -> Result<String> {
    let citizen = Phone::new(world, "6281255500001");
    citizen.say(COMPLAINT).await?;
    let question = citizen.reply(1).await?;
    ensure!(question.complaint_id().is_none(), "a complaint is confirmed before it gets a number: {}", question.text);
    ensure!(question.text.contains("Melati"), "the question says what was understood: {}", question.text);
    let before = jakarta_day()?;
    citizen.say("ya").await?;
    let answer = citizen.reply(2).await?;
    let number = answer.complaint_id().with_context(|| format!("a number is in {}", answer.text))?;
    let days = [before, jakarta_day()?];
    ensure!(days.iter().any(|day| number.starts_with(&format!("LAP-{day}-"))), "{number} is not of {days:?}");
    let complaint = complaint(world, &number).await?;
    assert_eq!(complaint["kategori"], "jalan_rusak");
    assert_eq!(complaint["status"], "baru");
    assert_eq!((&complaint["rt"], &complaint["rw"]), (&json!("02"), &json!("05")));
    ensure!(complaint["alamat"].as_str().is_some_and(|place| place.contains("Melati No. 15")), "{complaint}");
    world.is_quiet(e2e::until::PATIENCE).await?;
    assert_eq!(citizen.replies().await?.len(), 2, "a question and a number, nothing doubled");
    Ok(number)
}

async fn a_tapped_button_confirms_as_well(world: &World) -> Result<()> {
    let citizen = Phone::new(world, "6281255500002");
    citizen.say(COMPLAINT).await?;
    let question = citizen.reply(1).await?;
    let yes =
        question.buttons.iter().find(|title| title.to_lowercase().starts_with("ya") || title.starts_with("Kirim"));
    let yes = yes.with_context(|| format!("a button says yes: {:?}", question.buttons))?;
    citizen.tap(yes).await?;
    let answer = citizen.reply(2).await?;
    ensure!(answer.complaint_id().is_some(), "a number is in {}", answer.text);
    Ok(())
}

async fn its_citizen_can_ask_for_its_status(world: &World, number: &str) -> Result<()> {
    let citizen = Phone::new(world, "6281255500001");
    citizen.say(&format!("bagaimana status laporan {number}?")).await?;
    let answer = citizen.reply(3).await?;
    ensure!(answer.text.contains(number), "{number} is in {}", answer.text);
    Ok(())
}

async fn a_change_of_status_sends_exactly_one_message(world: &World, number: &str) -> Result<()> {
    let citizen = Phone::new(world, "6281255500001");
    let before = citizen.replies().await?.len();
    let path = format!("/internal/complaints/{number}");
    let change = json!({"status": "terverifikasi"});
    world.call(Service::Case).put(&path, &change).await?.expect(StatusCode::OK)?;
    let news = citizen.reply(before + 1).await?;
    ensure!(news.text.contains(number), "{number} is in {}", news.text);
    world.is_quiet(e2e::until::PATIENCE).await?;
    assert_eq!(citizen.replies().await?.len(), before + 1, "told once");
    Ok(())
}

pub async fn complaint(world: &World, number: &str) -> Result<Value> {
    world.call(Service::Case).get(&format!("/internal/complaints/{number}")).await?.expect(StatusCode::OK)
}

/// Today in Jakarta, as numbers have it.
fn jakarta_day() -> Result<String> {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let now = chrono::DateTime::from_timestamp(i64::try_from(seconds)?, 0).context("a time")?;
    Ok(now.with_timezone(&Jakarta).format("%Y%m%d").to_string())
}
