//! A webhook that comes again changes nothing; one that nobody signed is nothing.

use anyhow::Result;
use e2e::{Phone, Service, World, webhook};
use futures_util::future::try_join_all;
use reqwest::{Method, StatusCode};
use serde_json::Value;

const STORED: &str = "SELECT count(*) FROM messages WHERE direction = 'inbound'";
const EVERYTHING: &str = "SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM user_profiles) + (SELECT count(*) FROM quarantine) \
     + (SELECT count(*) FROM webhook_spool) + (SELECT count(*) FROM inbound_dedup)";

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_and_forgeries() {
    crate::told(async |world| {
        the_same_webhook_ten_times_is_one_message_and_one_reply(world).await?;
        one_message_in_two_bodies_at_once_is_one_message_and_one_reply(world).await?;
        a_webhook_without_a_good_signature_is_refused_and_leaves_nothing(world).await?;
        only_who_knows_the_token_gets_the_challenge(world).await?;
        a_lost_answer_is_no_second_message(world).await
    })
    .await;
}

async fn the_same_webhook_ten_times_is_one_message_and_one_reply(world: &World) -> Result<()> {
    let body = body(world, "6281255510001", "wamid.TEN", "Selamat pagi")?;
    let before = world.databases.count(Service::Channel, STORED).await?;
    let answers = try_join_all((0..10).map(|_| deliver(world, body.clone()))).await?;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    one_reply(world, "6281255510001").await?;
    assert_eq!(world.databases.count(Service::Channel, STORED).await?, before + 1);
    // And again when everything is over.
    deliver(world, body).await?;
    one_reply(world, "6281255510001").await?;
    assert_eq!(world.databases.count(Service::Channel, STORED).await?, before + 1);
    Ok(())
}

async fn one_message_in_two_bodies_at_once_is_one_message_and_one_reply(world: &World) -> Result<()> {
    let before = world.databases.count(Service::Channel, STORED).await?;
    let one = body(world, "6281255510002", "wamid.TWO", "Selamat siang")?;
    // The same message, other bytes: WhatsApp puts together what it sends again.
    let mut other: Value = serde_json::from_slice(&one)?;
    other["entry"][0]["id"] = "200000000000009".into();
    let other = serde_json::to_vec_pretty(&other)?;
    let answers = try_join_all([deliver(world, one), deliver(world, other)]).await?;
    assert_eq!(answers, [200, 200]);
    one_reply(world, "6281255510002").await?;
    assert_eq!(world.databases.count(Service::Channel, STORED).await?, before + 1);
    Ok(())
}

async fn a_webhook_without_a_good_signature_is_refused_and_leaves_nothing(world: &World) -> Result<()> {
    world.is_quiet(e2e::until::PATIENCE).await?;
    let before = world.databases.count(Service::Channel, EVERYTHING).await?;
    let body = body(world, "6281255510003", "wamid.FORGED", "Selamat malam")?;
    let signed_by_another = webhook::signature("another secret", &body)?;
    let of_another_body = webhook::signature(&world.environment.app_secret, b"{}")?;
    for signature in [None, Some("sha256=00"), Some(&*signed_by_another), Some(&*of_another_body)] {
        let mut caller = world.plain(Service::Channel);
        if let Some(signature) = signature {
            caller = caller.with("x-hub-signature-256", signature);
        }
        let answer = caller.send(Method::POST, "/webhook/whatsapp", Some(("application/json", body.clone()))).await?;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{signature:?}");
    }
    world.is_quiet(e2e::until::PATIENCE).await?;
    assert_eq!(world.databases.count(Service::Channel, EVERYTHING).await?, before);
    Ok(())
}

async fn only_who_knows_the_token_gets_the_challenge(world: &World) -> Result<()> {
    let channel = world.plain(Service::Channel);
    let path =
        |token: &str| format!("/webhook/whatsapp?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444");
    let answer = channel.get(&path(&world.environment.verify_token)).await?;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "1158201444"));
    assert_eq!(channel.get(&path("wrong")).await?.status, StatusCode::FORBIDDEN);
    Ok(())
}

/// WhatsApp takes the message and its answer is lost: its statuses settle what became of it.
async fn a_lost_answer_is_no_second_message(world: &World) -> Result<()> {
    let simulator = world.call(Service::Simulator);
    simulator.put("/sim/faults", &serde_json::json!({"drop_responses": true})).await?.expect(StatusCode::OK)?;
    Phone::new(world, "6281255510004").say("Selamat pagi").await?;
    Phone::new(world, "6281255510004").reply(1).await?;
    simulator.put("/sim/faults", &serde_json::json!({})).await?.expect(StatusCode::OK)?;
    one_reply(world, "6281255510004").await
}

async fn one_reply(world: &World, citizen: &str) -> Result<()> {
    let phone = Phone::new(world, citizen);
    phone.reply(1).await?;
    world.is_quiet(e2e::until::PATIENCE).await?;
    let replies = phone.replies().await?;
    assert_eq!(replies.len(), 1, "{replies:?}");
    Ok(())
}

fn body(world: &World, from: &str, wamid: &str, text: &str) -> Result<Vec<u8>> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let body = webhook::text(&world.environment.phone_number_id, from, wamid, i64::try_from(now)?, text);
    Ok(body.to_string().into_bytes())
}

/// Through the simulator, so that the phone knows of it; gives the answer's status.
async fn deliver(world: &World, body: Vec<u8>) -> Result<u16> {
    let simulator = world.call(Service::Simulator);
    let answer = simulator
        .send(Method::POST, "/sim/webhooks", Some(("application/json", body)))
        .await?
        .expect(StatusCode::OK)?;
    Ok(answer["status"].as_u64().and_then(|status| status.try_into().ok()).unwrap_or_default())
}
