//! Two offices never see each other, at any endpoint that the services describe.
//!
//! The endpoints come from each service's own `/openapi.json`: a new one with a parameter that this story does not know
//! fails it until somebody says what to put there.

use anyhow::{Context as _, Result, ensure};
use e2e::http::Caller;
use e2e::{Phone, Service, World, until};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::journey::COMPLAINT;
use crate::pages::signed_in;

/// Stands in our citizen's words and nowhere else.
const SECRET: &str = "zamrudbiru";
const CITIZEN: &str = "6281255540001";
const OTHER_NUMBER: &str = "106540352242999";
const OTHER_TEXT: &str = "milik kantor lain";
/// The deployment's own affairs, above all offices.
const OF_NO_OFFICE: [&str; 3] = ["/internal/offices", "/internal/offices/{office_id}", "/internal/staff"];

/// What belongs to the first office.
struct Ours {
    office: String,
    complaint_id: String,
    complaint: String,
    contact_id: String,
    conversation_id: String,
    notification_id: String,
    template: String,
    media_id: String,
    message_id: String,
    number: String,
    document: String,
    key: String,
}

impl Ours {
    fn knows(&self, id: &str) -> bool {
        let own = [
            &self.complaint_id,
            &self.contact_id,
            &self.conversation_id,
            &self.notification_id,
            &self.template,
            &self.media_id,
            &self.document,
        ];
        own.into_iter().any(|own| own == id)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn offices() {
    crate::told(async |world| {
        let ours = something_of_the_first_office(world).await?;
        let other = a_second_office(world).await?;
        every_read_of_ours_fails_in_the_other_office(world, &ours, &other).await?;
        every_change_of_ours_fails_in_the_other_office(world, &ours, &other).await?;
        a_call_that_names_no_office_is_refused(world, &ours).await?;
        dashboards_show_their_own_office_alone(world, &ours, &other).await
    })
    .await;
}

async fn something_of_the_first_office(world: &World) -> Result<Ours> {
    let citizen = Phone::new(world, CITIZEN);
    // Two, so that the second one's number is not also the other office's first.
    citizen.complain(COMPLAINT).await?;
    let (complaint_id, replies) = citizen.complain(&format!("{COMPLAINT} {SECRET}")).await?;
    world
        .call(Service::Case)
        .put(&format!("/internal/complaints/{complaint_id}"), &json!({"status": "terverifikasi"}))
        .await?
        .expect(StatusCode::OK)?;
    citizen.reply(replies + 1).await?;
    let office = first(&world.call(Service::Dashboard), "/internal/offices").await?;
    let complaint =
        world.call(Service::Case).get(&format!("/internal/complaints/{complaint_id}")).await?.expect(StatusCode::OK)?;
    let conversation = first(&world.call(Service::Channel), "/internal/conversations").await?;
    let notification = first(&world.call(Service::Notification), "/internal/notifications").await?;
    let template = first(&world.call(Service::Notification), "/internal/templates").await?;
    let media_id = a_photo(world).await?;
    let messages = format!("/internal/messages?wa_user_id={CITIZEN}&direction=outbound");
    let message = first(&world.call(Service::Channel), &messages).await?;
    let number = first(&world.call(Service::Channel), "/internal/numbers").await?;
    let contact_id = word(&conversation, "contact_id")?;
    let key = json!({"name": "Aplikasi kami"});
    let key = world.call(Service::Case).post("/internal/open311/keys", &key).await?.expect(StatusCode::CREATED)?;
    Ok(Ours {
        media_id,
        message_id: word(&message, "id")?,
        number: word(&number, "phone_number_id")?,
        document: a_document(world).await?,
        key: word(&key, "id")?,
        office: word(&office, "office_id")?,
        complaint: word(&complaint, "id")?,
        complaint_id,
        contact_id,
        conversation_id: word(&conversation, "id").or_else(|_| word(&conversation, "conversation_id"))?,
        notification_id: word(&notification, "id")?,
        template: word(&template, "id").or_else(|_| word(&template, "name"))?,
    })
}

/// A photo of the citizen, once it lies in the storage; gives its id.
async fn a_photo(world: &World) -> Result<String> {
    const DOT: &str =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let photo = json!({"type": "image", "image": {"data_base64": DOT, "mime_type": "image/png"}});
    let path = format!("/sim/citizens/{CITIZEN}/messages");
    world.call(Service::Simulator).post(&path, &photo).await?;
    let messages = format!("/internal/messages?wa_user_id={CITIZEN}&direction=inbound&limit=5");
    until("the photo is stored", async || {
        let page = world.call(Service::Channel).get(&messages).await?.expect(StatusCode::OK)?;
        let media = page["data"].as_array().into_iter().flatten().map(|message| &message["media"]);
        Ok(media.filter(|media| media["state"] == "stored").find_map(|media| media["id"].as_str().map(str::to_owned)))
    })
    .await
}

/// A document of ours, once it can be searched; gives its id.
async fn a_document(world: &World) -> Result<String> {
    let id = "0190a0a0-0000-7000-8000-000000000311";
    let text = format!("Jam layanan {SECRET}: Senin sampai Jumat, pukul delapan sampai empat.");
    let document = json!({"document_id": id, "title": format!("Jam {SECRET}"), "kind": "faq", "content": text});
    let ai = world.call(Service::Ai);
    ai.post("/internal/documents/process", &document).await?.expect(StatusCode::ACCEPTED)?;
    until("the document is searched", async || {
        let state = ai.get(&format!("/internal/documents/{id}")).await?.expect(StatusCode::OK)?;
        Ok((state["status"] == "ready").then(|| id.to_owned()))
    })
    .await
}

/// Another office with a number, staff and a citizen's complaint of its own; gives its id.
async fn a_second_office(world: &World) -> Result<String> {
    let made = world.call(Service::Dashboard).post("/internal/offices", &json!({"name": "Desa Mekarsari"})).await?;
    let office = word(&made.expect(StatusCode::CREATED)?, "office_id")?;
    let number = json!({"phone_number_id": OTHER_NUMBER});
    for service in Service::OURS {
        let path = if service == Service::Dashboard { "/internal/offices" } else { a_list(service) };
        until(&format!("{} knows the second office", service.program()), async || {
            let answer = world.call(service).with("x-office-id", &office).get(path).await?;
            Ok((answer.status == StatusCode::OK).then_some(()))
        })
        .await?;
    }
    let channel = world.call(Service::Channel).with("x-office-id", &office);
    channel.post("/internal/numbers", &number).await?.expect(StatusCode::CREATED)?;
    let simulated =
        json!({"phone_number_id": OTHER_NUMBER, "display_phone_number": "622150009999", "name": "Desa Mekarsari"});
    world.call(Service::Simulator).post("/sim/numbers", &simulated).await?.expect(StatusCode::CREATED)?;
    // The same citizen is another contact there, and counting begins anew.
    let (number, _) = Phone::new(world, CITIZEN).at(OTHER_NUMBER).complain(COMPLAINT).await?;
    ensure!(number.ends_with("-001"), "{number}: offices count for themselves");
    Ok(office)
}

fn a_list(service: Service) -> &'static str {
    match service {
        Service::Channel => "/internal/conversations",
        Service::Ai => "/internal/analytics",
        Service::Case => "/internal/complaints",
        _ => "/internal/notifications",
    }
}

async fn every_read_of_ours_fails_in_the_other_office(world: &World, ours: &Ours, other: &str) -> Result<()> {
    let mut seen = 0;
    for (service, path, operations) in endpoints(world).await? {
        if operations.get("get").is_none() || OF_NO_OFFICE.contains(&path.as_str()) {
            continue;
        }
        seen += 1;
        let here = world.call(service).with("x-office-id", &ours.office);
        let there = world.call(service).with("x-office-id", other);
        let filled = fill(service, &path, ours)?;
        if filled != path {
            let own = here.get(&filled).await?;
            ensure!(own.status.is_success(), "{filled} of the own office: {} {}", own.status, own.text);
            let mut foreign = there.get(&filled).await?;
            // The caller's own question may be repeated in the answer.
            foreign.text = foreign.text.replace(filled.rsplit('/').find(|part| ours.knows(part)).unwrap_or("\0"), "");
            ensure!(
                foreign.status == StatusCode::NOT_FOUND || is_empty(&foreign.text),
                "{filled}: {} {}",
                foreign.status,
                foreign.text
            );
            nothing_of_ours(&foreign.text, ours, &filled)?;
            continue;
        }
        for query in queries(ours) {
            let foreign = there.get(&format!("{path}{query}")).await?;
            ensure!(
                foreign.status.is_success() || foreign.status.is_client_error(),
                "{path}{query}: {}",
                foreign.status
            );
            let echoed = foreign.status.is_client_error();
            ensure!(
                echoed || nothing_of_ours(&foreign.text, ours, &path).is_ok(),
                "{path}{query} shows ours: {}",
                foreign.text
            );
        }
    }
    ensure!(seen >= 12, "the descriptions name only {seen} reads");
    Ok(())
}

async fn every_change_of_ours_fails_in_the_other_office(world: &World, ours: &Ours, other: &str) -> Result<()> {
    for (service, path, operations) in endpoints(world).await? {
        let filled = fill(service, &path, ours)?;
        if filled == path || OF_NO_OFFICE.contains(&path.as_str()) {
            continue;
        }
        for (name, method) in [("post", Method::POST), ("put", Method::PUT), ("delete", Method::DELETE)] {
            if operations.get(name).is_none() {
                continue;
            }
            let body = change(&path)?;
            let there = world.call(service).with("x-office-id", other);
            let answer = there.call(method, &filled, body.as_ref()).await?;
            // Forgetting somebody who is not known is done at once. Every office has its own text of a template's name.
            // Categories and days of the calendar are names, too.
            let named = ["/internal/templates/", "/internal/categories/", "/internal/calendar/"];
            let harmless =
                (name == "delete" || named.iter().any(|start| path.starts_with(start))) && answer.status.is_success();
            ensure!(answer.status.is_client_error() || harmless, "{name} {filled}: {} {}", answer.status, answer.text);
            nothing_of_ours(&answer.text.replace(&ours.contact_id, ""), ours, &filled)?;
        }
    }
    let here = world.call(Service::Case).with("x-office-id", &ours.office);
    let complaint = here.get(&format!("/internal/complaints/{}", ours.complaint_id)).await?.expect(StatusCode::OK)?;
    assert_eq!(complaint["status"], "terverifikasi");
    ensure!(complaint["deskripsi"].as_str().is_some_and(|text| text.contains(SECRET)), "{complaint}");
    for list in ["/internal/categories", "/internal/calendar?year=2026"] {
        let list = here.get(list).await?.expect(StatusCode::OK)?;
        ensure!(!list.to_string().contains(OTHER_TEXT), "the other office's word is ours: {list}");
    }
    let keys = here.get("/internal/open311/keys").await?.expect(StatusCode::OK)?;
    ensure!(keys["data"][0]["revoked_at"].is_null(), "the other office revoked ours: {keys}");
    let document = world.call(Service::Ai).with("x-office-id", &ours.office);
    document.get(&format!("/internal/documents/{}", ours.document)).await?.expect(StatusCode::OK)?;
    let here = world.call(Service::Notification).with("x-office-id", &ours.office);
    let templates = here.get("/internal/templates").await?;
    ensure!(!templates.text.contains(OTHER_TEXT), "our texts are the other office's now: {}", templates.text);
    let here = world.call(Service::Channel).with("x-office-id", &ours.office);
    let conversation =
        here.get(&format!("/internal/conversations/{}", ours.conversation_id)).await?.expect(StatusCode::OK)?;
    assert_eq!(conversation["status"], "bot", "nobody took it over");
    Ok(())
}

async fn a_call_that_names_no_office_is_refused(world: &World, ours: &Ours) -> Result<()> {
    for (service, path, operations) in endpoints(world).await? {
        if operations.get("get").is_none() || OF_NO_OFFICE.contains(&path.as_str()) {
            continue;
        }
        let answer = world.call(service).get(&fill(service, &path, ours)?).await?;
        ensure!(
            answer.status == StatusCode::BAD_REQUEST && answer.text.contains("x-office-id"),
            "{path}: {} {}",
            answer.status,
            answer.text
        );
        let without_key =
            world.plain(service).with("x-office-id", &ours.office).get(&fill(service, &path, ours)?).await?;
        ensure!(without_key.status == StatusCode::UNAUTHORIZED, "{path} without a key: {}", without_key.status);
    }
    Ok(())
}

async fn dashboards_show_their_own_office_alone(world: &World, ours: &Ours, other: &str) -> Result<()> {
    let password = "hujan turun di sawah";
    for (username, office) in [("petugas.kami", ours.office.as_str()), ("petugas.sana", other)] {
        let person = json!({"username": username, "name": username, "role": "agent", "password": password, "office_ids": [office]});
        world.call(Service::Dashboard).post("/internal/staff", &person).await?.expect(StatusCode::CREATED)?;
    }
    let detail = format!("/complaints/{}", ours.complaint_id);
    let own = signed_in(world, "petugas.kami", password).await?;
    let list = own.get("/complaints").await?;
    ensure!(list.text.contains(&ours.complaint_id), "their own is in {}", list.text);
    assert_eq!(own.get(&detail).await?.status, StatusCode::OK);
    let foreign = signed_in(world, "petugas.sana", password).await?;
    for path in ["/complaints", "/dashboard", "/complaints?q=zamrudbiru", &detail] {
        let page = foreign.get(path).await?;
        ensure!(
            !page.text.contains(&format!("data-complaint-id=\"{}\"", ours.complaint_id)),
            "{path} shows ours: {}",
            page.text
        );
        ensure!(!page.text.contains(&ours.complaint), "{path} shows ours: {}", page.text);
    }
    assert_eq!(foreign.get(&detail).await?.status, StatusCode::NOT_FOUND);
    let entered = foreign.form("/office", &[("office_id", &ours.office)]).await?;
    assert_eq!(entered.status, StatusCode::FORBIDDEN, "nobody enters an office that is not theirs");
    Ok(())
}

/// Every keyed path of every service, with its operations.
async fn endpoints(world: &World) -> Result<Vec<(Service, String, Value)>> {
    let mut all = Vec::new();
    for service in Service::OURS {
        let document = world.plain(service).get("/openapi.json").await?.json()?;
        let paths =
            document["paths"].as_object().with_context(|| format!("{} describes no paths", service.program()))?;
        let keyed = paths.iter().filter(|(path, _)| path.starts_with("/internal/"));
        all.extend(keyed.map(|(path, operations)| (service, path.clone(), operations.clone())));
    }
    Ok(all)
}

/// The path with our ids in it.
fn fill(service: Service, path: &str, ours: &Ours) -> Result<String> {
    let id: &str = match (service, path) {
        (_, path) if !path.contains('{') => return Ok(path.to_owned()),
        (_, path) if path.contains("{contact_id}") => &ours.contact_id,
        (_, path) if path.contains("{office_id}") => &ours.office,
        (Service::Case, path) if path.starts_with("/internal/complaints/") => &ours.complaint_id,
        (Service::Case, "/internal/categories/{kategori}") => "jalan_rusak",
        (Service::Case, "/internal/calendar/{day}") => "2026-12-24",
        (Service::Case, "/internal/open311/keys/{id}") => &ours.key,
        (Service::Channel, "/internal/media/{id}") => &ours.media_id,
        (Service::Channel, "/internal/messages/{id}/retry") => &ours.message_id,
        (Service::Channel, path) if path.starts_with("/internal/numbers/") => &ours.number,
        (Service::Ai, path) if path.starts_with("/internal/documents/") => &ours.document,
        // Ids that nobody has: only a person blocks somebody, and nobody has asked anything yet.
        (Service::Channel, "/internal/blocks/{id}") | (Service::Ai, "/internal/knowledge/unanswered/{id}/resolve") => {
            &ours.document
        }
        (Service::Channel, path)
            if path.starts_with("/internal/conversations/") || path.starts_with("/internal/takeover/") =>
        {
            &ours.conversation_id
        }
        (Service::Notification, path) if path.starts_with("/internal/notifications/") => &ours.notification_id,
        (Service::Notification, path) if path.starts_with("/internal/templates/") => &ours.template,
        _ => anyhow::bail!("say in this story which id of ours goes into {path}"),
    };
    let (before, rest) = path.split_once('{').context("a parameter")?;
    let (_, after) = rest.split_once('}').context("a parameter's end")?;
    Ok(format!("{before}{id}{after}"))
}

/// A change that the own office could make, or no body.
fn change(path: &str) -> Result<Option<Value>> {
    Ok(match path.rsplit('/').next().unwrap_or_default() {
        "start" => Some(json!({"admin_id": "petugas-1", "admin_name": "Petugas"})),
        "end" => Some(json!({"admin_id": "petugas-1"})),
        "status" => Some(json!({"status": "read"})),
        "notes" => Some(json!({"text": OTHER_TEXT})),
        "reveal" => Some(json!({"reason": "ingin tahu siapa orangnya"})),
        "read" | "resume" | "retry" | "resolve" => None,
        _ if path.starts_with("/internal/categories/") => Some(json!({"name": OTHER_TEXT})),
        _ if path.starts_with("/internal/calendar/") => Some(json!({"name": OTHER_TEXT, "closed": true})),
        _ if path.starts_with("/internal/numbers/") => Some(json!({"active": false})),
        _ if ["/internal/blocks/", "/internal/documents/", "/internal/open311/"]
            .iter()
            .any(|start| path.starts_with(start)) =>
        {
            None
        }
        _ if path.starts_with("/internal/complaints/") => Some(json!({"status": "diproses"})),
        _ if path.starts_with("/internal/templates/") => Some(json!({"text": OTHER_TEXT})),
        _ if path.starts_with("/internal/citizens/") => None,
        _ => anyhow::bail!("say in this story what to send to {path}"),
    })
}

/// Ways to ask a list for what is ours.
fn queries(ours: &Ours) -> Vec<String> {
    vec![
        String::new(),
        "?limit=200".to_owned(),
        format!("?q={SECRET}"),
        format!("?wa_user_id={CITIZEN}"),
        format!("?contact_id={}", ours.contact_id),
        format!("?conversation_id={}", ours.conversation_id),
    ]
}

/// No id and no word of ours is in it.
fn nothing_of_ours(text: &str, ours: &Ours, at: &str) -> Result<()> {
    for mark in [SECRET, &ours.complaint, &ours.contact_id, &ours.conversation_id, &ours.notification_id] {
        ensure!(!text.contains(mark), "{at} shows {mark} of ours: {text}");
    }
    Ok(())
}

/// An answer without anything in it: no row, no word.
fn is_empty(text: &str) -> bool {
    fn bare(value: &Value) -> bool {
        match value {
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.values().all(bare),
            Value::String(word) => word.is_empty(),
            _ => true,
        }
    }
    serde_json::from_str(text).is_ok_and(|value: Value| bare(&value))
}

async fn first(caller: &Caller, path: &str) -> Result<Value> {
    let page = caller.get(path).await?.expect(StatusCode::OK)?;
    page["data"].get(0).cloned().with_context(|| format!("{path} has a first row"))
}

fn word(value: &Value, name: &str) -> Result<String> {
    Ok(value[name].as_str().with_context(|| format!("{name} is in {value}"))?.to_owned())
}
