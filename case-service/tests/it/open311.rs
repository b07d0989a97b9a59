//! The open standard: both formats, what it asks for, what it never tells.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use contracts::{ContactId, OfficeId};
use serde_json::{Value, json};
use testkit::Api;

use crate::world::{World, body_with, number};

/// The elements of a request in the standard's order.
const REQUEST: [&str; 17] = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
];

async fn key(world: &World, per_minute: i32) -> String {
    let body = json!({"name": "Aplikasi kota", "per_minute": per_minute});
    let new = world.api.post("/internal/open311/keys", &body).await.expect(StatusCode::CREATED);
    new["api_key"].as_str().expect("a key").to_owned()
}

async fn send(api: &Api, path: &str, form: &[(&str, &str)]) -> testkit::Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let api = api.with("content-type", "application/x-www-form-urlencoded");
    api.call(Method::POST, path, Body::from(body)).await
}

/// An answer in both formats, as JSON, once they are seen to say the same.
async fn both(world: &World, path: &str, query: &str, status: StatusCode) -> Value {
    let public = world.api.without("x-internal-api-key");
    let json = public.get(&format!("{path}.json{query}")).await.expect(status);
    let xml = public.get(&format!("{path}.xml{query}")).await.text();
    let document = roxmltree::Document::parse(&xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    same(document.root_element(), &json);
    json
}

fn same(element: roxmltree::Node<'_, '_>, json: &Value) {
    let children: Vec<_> = element.children().filter(roxmltree::Node::is_element).collect();
    match json {
        Value::Array(items) => {
            assert_eq!(children.len(), items.len(), "{}", element.tag_name().name());
            children.into_iter().zip(items).for_each(|(child, item)| same(child, item));
        }
        Value::Object(fields) => {
            assert_eq!(children.len(), fields.len(), "{}", element.tag_name().name());
            for child in children {
                same(child, fields.get(child.tag_name().name()).expect("a field of the same name"));
            }
        }
        Value::Null => assert_eq!(element.text(), None),
        Value::String(text) => assert_eq!(element.text().unwrap_or_default(), text),
        other => assert_eq!(element.text().map(str::to_owned), Some(other.to_string())),
    }
}

#[tokio::test]
async fn discovery_services_and_definitions_say_what_there_is() {
    let world = World::new().await;
    let discovery = both(&world, "/open311/v2/discovery", "", StatusCode::OK).await;
    assert_eq!(discovery["endpoints"][0]["specification"], "http://wiki.open311.org/GeoReport_v2");
    world.api.put("/internal/categories/pohon", &json!({"active": false})).await.expect(StatusCode::OK);
    let services = both(&world, "/open311/v2/services", "", StatusCode::OK).await;
    assert_eq!(services.as_array().map(Vec::len), Some(12), "a retired one is not offered");
    let first = &services[0];
    for field in ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"] {
        assert!(first.get(field).is_some(), "{field}");
    }
    let definition = both(&world, "/open311/v2/services/drainase_banjir", "", StatusCode::OK).await;
    let attribute = &definition["attributes"][0];
    assert_eq!((&attribute["datatype"], &attribute["code"]), (&json!("singlevaluelist"), &json!("tinggi_air")));
    assert_eq!(attribute["values"][1], json!({"key": "lutut", "name": "Lutut"}));
    let missing = both(&world, "/open311/v2/services/tidak_ada", "", StatusCode::NOT_FOUND).await;
    assert_eq!(missing[0]["code"], "404");
}

#[tokio::test]
async fn requests_say_what_the_public_may_know_and_nothing_else() {
    let world = World::new().await;
    let contact = ContactId::new();
    let told = json!({
        "deskripsi": "Nama saya Budi Santoso, hubungi 0812-3456-7890, lubang <besar> & dalam", "nama": "Budi",
        "lat": -6.2, "lng": 106.8, "kelurahan": "Sukamaju",
    });
    let open = world.complaint(&body_with(contact, told)).await;
    let secret = world.complaint(&body_with(contact, json!({"rahasia": true}))).await;
    let erased = ContactId::new();
    let gone = world.complaint(&body_with(erased, json!({}))).await;
    world.api.delete(&format!("/internal/citizens/{erased}")).await.expect(StatusCode::OK);

    let list = both(&world, "/open311/v2/requests", "", StatusCode::OK).await;
    assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
    let one = both(&world, &format!("/open311/v2/requests/{}", number(&open)), "", StatusCode::OK).await;
    assert_eq!(one, list);
    assert_eq!(one[0].as_object().map(|fields| fields.keys().map(String::as_str).collect::<Vec<_>>().len()), Some(17));
    for field in REQUEST {
        assert!(one[0].get(field).is_some(), "{field}");
    }
    assert_eq!((&one[0]["status"], &one[0]["lat"], &one[0]["long"]), (&json!("open"), &json!(-6.2), &json!(106.8)));
    assert!(one[0]["expected_datetime"].as_str().is_some_and(|time| time.ends_with("+07:00")), "{one}");
    for word in ["Budi", "0812", &contact.to_string()] {
        assert!(!one.to_string().contains(word), "{word} in {one}");
    }
    for hidden in [number(&secret), number(&gone), "LAP-20261120-999", "x"] {
        both(&world, &format!("/open311/v2/requests/{hidden}"), "", StatusCode::NOT_FOUND).await;
        both(&world, &format!("/open311/v2/tokens/{hidden}"), "", StatusCode::NOT_FOUND).await;
    }
    let token = both(&world, &format!("/open311/v2/tokens/{}", number(&open)), "", StatusCode::OK).await;
    assert_eq!(token[0]["service_request_id"], number(&open));

    world
        .moved(number(&open), &json!({"status": "ditolak", "reason": "intern", "remark": "bukan wewenang kami"}))
        .await;
    let closed = both(&world, "/open311/v2/requests", "?status=closed", StatusCode::OK).await;
    assert_eq!(
        (&closed[0]["status_notes"], &closed[0]["expected_datetime"]),
        (&json!("bukan wewenang kami"), &json!(null))
    );
    for query in ["?status=open", "?service_code=sampah", "?end_date=2026-11-01T00:00:00Z", "?page=2&page_size=1"] {
        assert_eq!(both(&world, "/open311/v2/requests", query, StatusCode::OK).await, json!([]), "{query}");
    }
    let bad = both(&world, "/open311/v2/requests", "?status=x&start_date=y&page_size=0", StatusCode::BAD_REQUEST).await;
    assert_eq!(bad.as_array().map(Vec::len), Some(3), "{bad}");
}

#[tokio::test]
async fn a_report_needs_a_key_and_becomes_a_complaint() {
    let world = World::new().await;
    let key = key(&world, 60).await;
    let form = [
        ("api_key", key.as_str()),
        ("service_code", "drainase_banjir"),
        ("description", "got meluap"),
        ("lat", "-6.2"),
        ("long", "106.8"),
        ("attribute[tinggi_air]", "lutut"),
    ];
    let answer = send(&world.api, "/open311/v2/requests.json", &form).await.expect(StatusCode::CREATED);
    let id = answer[0]["service_request_id"].as_str().expect("a number");
    let complaint = world.api.get(&format!("/internal/complaints/{id}")).await.expect(StatusCode::OK);
    assert_eq!((&complaint["fields"], &complaint["lat"]), (&json!({"tinggi_air": "lutut"}), &json!(-6.2)));
    assert_eq!(complaint["updates"][0]["actor"], "open311:Aplikasi kota");

    let without = send(&world.api, "/open311/v2/requests.json", &form[1..]).await.expect(StatusCode::FORBIDDEN);
    assert_eq!(without[0]["code"], "403");
    let bad = [("api_key", key.as_str()), ("service_code", "x"), ("lat", "91"), ("attribute[y]", "1")];
    let bad = send(&world.api, "/open311/v2/requests.json", &bad).await.expect(StatusCode::BAD_REQUEST);
    let told =
        bad.as_array().expect("errors").iter().filter_map(|error| error["description"].as_str()).collect::<Vec<_>>();
    for word in ["service_code", "description", "lat must", "attribute[y]"] {
        assert!(told.iter().any(|text| text.contains(word)), "{word}: {told:?}");
    }

    let keys = world.api.get("/internal/open311/keys").await.expect(StatusCode::OK);
    assert!(!keys.to_string().contains(&key), "a key is shown once");
    let id = keys["data"][0]["id"].as_str().expect("an id");
    world.api.delete(&format!("/internal/open311/keys/{id}")).await.expect(StatusCode::NO_CONTENT);
    send(&world.api, "/open311/v2/requests.json", &form).await.expect(StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_key_has_its_rate() {
    let world = World::new().await;
    let key = key(&world, 2).await;
    let form =
        [("api_key", key.as_str()), ("service_code", "sampah"), ("description", "x"), ("address_string", "Jl. A 1")];
    for _ in 0..2 {
        send(&world.api, "/open311/v2/requests.json", &form).await.expect(StatusCode::CREATED);
    }
    let over = send(&world.api, "/open311/v2/requests.json", &form).await.expect(StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(over[0]["code"], "429");
    world.test.clock.advance(chrono::Duration::seconds(30));
    send(&world.api, "/open311/v2/requests.json", &form).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn with_several_offices_the_jurisdiction_names_one() {
    let world = World::new().await;
    let other = world.test.add_office("Kelurahan Mekarsari").await;
    world.complaint_of(OfficeId::FIRST, &body_with(ContactId::new(), json!({}))).await;
    let none = both(&world, "/open311/v2/requests", "", StatusCode::BAD_REQUEST).await;
    assert!(none.to_string().contains("jurisdiction_id"), "{none}");
    let empty = json!([]);
    for name in [other.to_string(), "kelurahan-mekarsari".to_owned()] {
        let query = format!("?jurisdiction_id={name}");
        assert_eq!(both(&world, "/open311/v2/requests", &query, StatusCode::OK).await, empty);
    }
    let first = format!("?jurisdiction_id={}", OfficeId::FIRST);
    assert_eq!(both(&world, "/open311/v2/requests", &first, StatusCode::OK).await.as_array().map(Vec::len), Some(1));
    both(&world, "/open311/v2/requests", "?jurisdiction_id=atlantis", StatusCode::NOT_FOUND).await;
}
