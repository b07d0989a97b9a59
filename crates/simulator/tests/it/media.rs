//! Pictures in both directions.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::stage::{CITIZEN, NUMBER, Stage, authorized, wamid};

#[tokio::test]
async fn a_citizens_photo_can_be_fetched_for_five_minutes() {
    let mut stage = Stage::new().await;
    let photo = json!({"type": "image", "image": {"data_base64": STANDARD.encode(b"jpeg"), "mime_type": "image/jpeg", "caption": "lubang"}});
    stage.say(CITIZEN, photo).await;
    let image = stage.hook().await.value()["messages"][0]["image"].clone();
    assert_eq!(image["sha256"].as_str().unwrap().len(), 44);
    assert!(image.get("data_base64").is_none());

    let node = stage.client.get(format!("{}/v25.0/{}", stage.url, image["id"].as_str().unwrap()));
    let (status, node) = stage.call(authorized(node)).await;
    assert_eq!((status, &node["mime_type"], &node["file_size"]), (200, &json!("image/jpeg"), &json!(4)));
    let url = node["url"].as_str().unwrap();
    assert_eq!(stage.client.get(url).send().await.unwrap().status(), 401);
    let fetched = authorized(stage.client.get(url)).send().await.unwrap();
    assert_eq!(fetched.bytes().await.unwrap().as_ref(), b"jpeg");

    stage.clock.advance(Duration::from_secs(301));
    assert_eq!(authorized(stage.client.get(url)).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn an_uploaded_file_must_fit_its_message() {
    let mut stage = Stage::new().await;
    stage.hello().await;
    let upload = |mime: &str| {
        let part = Part::bytes(b"content".to_vec()).file_name("berkas").mime_str(mime).unwrap();
        let form = Form::new().text("messaging_product", "whatsapp").text("type", mime.to_owned()).part("file", part);
        authorized(stage.client.post(format!("{}/v25.0/{NUMBER}/media", stage.url))).multipart(form)
    };
    let (good, bad) = (upload("application/pdf"), upload("application/x-msdownload"));
    assert_eq!(stage.call(bad).await.1["error"]["code"], 100);
    let (status, uploaded) = stage.call(good).await;
    assert_eq!(status, 200);
    let id = uploaded["id"].as_str().unwrap();
    let document =
        wamid(&stage.send(json!({"type": "document", "document": {"id": id, "filename": "surat.pdf"}})).await.1);
    stage.status(&document, "delivered").await;
    let image = wamid(&stage.send(json!({"type": "image", "image": {"id": id}})).await.1);
    assert_eq!(stage.status(&image, "failed").await["statuses"][0]["errors"][0]["code"], 131_053);

    let gone = stage.client.delete(format!("{}/v25.0/{id}", stage.url));
    assert_eq!(stage.call(authorized(gone)).await.1, json!({"success": true}));
    let number = stage.client.get(format!("{}/v25.0/{NUMBER}", stage.url));
    assert_eq!(stage.call(authorized(number)).await.1["display_phone_number"], "622150001234");
}
