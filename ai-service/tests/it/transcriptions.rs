//! `POST /internal/transcriptions`: recordings go to trusted providers only.

use ai_service::providers::ModelsConfig;
use bytes::Bytes;
use contracts::OfficeId;
use http::StatusCode;
use platform::storage::Key;
use serde_json::json;

use crate::vendors::{Manner, Vendor};
use crate::world::World;

const PATH: &str = "/internal/transcriptions";
const VOICE: &[u8] = b"OggS\0\x02 a voice note";

async fn stored(world: &World, bytes: &'static [u8]) -> Key {
    let key = Key::new("media", OfficeId::FIRST, world.test.clock.now());
    world.app.storage.put(&key, Bytes::from_static(bytes)).await.expect("stored");
    key
}

fn trusting(vendor: &Vendor, whom: &str) -> ModelsConfig {
    ModelsConfig { ai_trusted_providers: vec![whom.parse().expect("a name")], ..vendor.config() }
}

#[tokio::test]
async fn a_trusted_provider_writes_a_recording_down() {
    for provider in ["openai", "gemini"] {
        let vendor = Vendor::behaving(Manner::Good).await;
        let world = World::with_models("gemini,openai,builtin", trusting(&vendor, provider)).await;
        let key = stored(&world, VOICE).await;
        let answer = world.api().post(PATH, &json!({"key": key.as_str()})).await.expect(StatusCode::OK);
        assert_eq!(answer, json!({"text": "lampu jalan mati di jalan mawar", "provider": provider}));
        assert_eq!(vendor.requests().await.len(), 1, "nobody else heard it");
    }
}

#[tokio::test]
async fn without_a_trusted_provider_nobody_hears_it_and_the_caller_is_told_so() {
    let vendor = Vendor::behaving(Manner::Good).await;
    let world = World::with_models("gemini,openai,builtin", vendor.config()).await;
    let key = stored(&world, VOICE).await;
    let problem = world.api().post(PATH, &json!({"key": key.as_str()})).await.expect(StatusCode::CONFLICT);
    assert_eq!(problem["type"], "urn:govconnect:problem:no-trusted-provider");
    assert!(vendor.requests().await.is_empty());
}

#[tokio::test]
async fn a_file_of_another_office_or_of_another_kind_is_not_sent() {
    let vendor = Vendor::behaving(Manner::Good).await;
    let world = World::with_models("openai,builtin", trusting(&vendor, "openai")).await;
    let key = stored(&world, VOICE).await;
    let other = world.test.add_office("Desa Lain").await;
    world.api().office(other).post(PATH, &json!({"key": key.as_str()})).await.expect(StatusCode::NOT_FOUND);
    let ours = world.api().office(OfficeId::FIRST);
    let photo = stored(&world, b"\x89PNG\r\n not a sound").await;
    let problem = ours.post(PATH, &json!({"key": photo.as_str()})).await.expect(StatusCode::CONFLICT);
    assert_eq!(problem["type"], "urn:govconnect:problem:no-sound");
    ours.post(PATH, &json!({"key": "../../etc/passwd"})).await.expect(StatusCode::BAD_REQUEST);
    let missing = Key::new("media", OfficeId::FIRST, world.test.clock.now());
    ours.post(PATH, &json!({"key": missing.as_str()})).await.expect(StatusCode::NOT_FOUND);
    assert!(vendor.requests().await.is_empty());
}

#[tokio::test]
async fn a_trusted_provider_that_fails_is_a_503() {
    let vendor = Vendor::behaving(Manner::Status(500)).await;
    let world = World::with_models("openai,builtin", trusting(&vendor, "openai")).await;
    let key = stored(&world, VOICE).await;
    world.api().post(PATH, &json!({"key": key.as_str()})).await.expect(StatusCode::SERVICE_UNAVAILABLE);
}
