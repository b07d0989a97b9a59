//! The service over a real PostgreSQL, with case-service and channel-service played by mocks.

use ai_service::providers::ModelsConfig;
use ai_service::turns::consumer::Turns;
use ai_service::{AiService, App, Config, MIGRATOR, app, service};
use chrono::Duration;
use contracts::events::turn::{HandoffRequested, MessageReceived, ReplyReady, TurnMessage};
use contracts::{ContactId, ConversationId, MessageId, PhoneNumberId, TurnId};
use platform::bus::{Delivery, Handler, HandlerError};
use platform::storage::StorageConfig;
use serde_json::{Value, json};
use testkit::{Api, Test};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// The sentence that holds a whole complaint.
pub const WHOLE: &str = "Selamat pagi, saya mau lapor jalan berlubang di Jl. Melati No. 15 RT 02 RW 05 Kelurahan Sukamaju, sudah \
                         banyak motor jatuh";

pub struct World {
    pub test: Test,
    pub app: App,
    pub case: MockServer,
    pub channel: MockServer,
    /// Where stored files lie.
    _files: tempfile::TempDir,
    pub contact: ContactId,
    pub conversation: ConversationId,
}

impl World {
    pub async fn new() -> Self {
        Self::with_models("builtin", ModelsConfig::default()).await
    }

    /// With these providers in `AI_PROVIDERS`.
    pub async fn with_models(providers: &str, models: ModelsConfig) -> Self {
        let (case, channel) = (MockServer::start().await, MockServer::start().await);
        let test = Test::without_broker("ai-service", &MIGRATOR).await;
        let files = tempfile::tempdir().expect("a folder");
        let url = |server: &MockServer| server.uri().parse().expect("an address");
        let config = Config {
            case_service_url: url(&case),
            channel_service_url: url(&channel),
            ai_providers: providers.parse().expect("providers"),
            storage: StorageConfig {
                media_url: format!("file://{}", files.path().display()).parse().expect("a folder"),
            },
            models,
        };
        let app = app(test.ctx.clone(), &config).expect("an app");
        case_lists_categories(&case).await;
        Self { test, app, case, channel, _files: files, contact: ContactId::new(), conversation: ConversationId::new() }
    }

    /// Another citizen, in a conversation of their own.
    pub fn stranger(&mut self) {
        (self.contact, self.conversation) = (ContactId::new(), ConversationId::new());
    }

    pub fn api(&self) -> Api {
        self.test.api::<AiService>(service(&self.app))
    }

    /// A turn with these words, as channel-service would publish it.
    pub fn turn(&self, text: &str) -> MessageReceived {
        let now = self.test.clock.now();
        let message_id = MessageId::new();
        MessageReceived {
            turn_id: TurnId::new(),
            conversation_id: self.conversation,
            contact_id: self.contact,
            epoch: 7,
            wa_user_id: "6281234567890".to_owned(),
            message_id,
            message: text.to_owned(),
            messages: vec![TurnMessage {
                message_id,
                kind: "text".to_owned(),
                text: Some(text.to_owned()),
                reply_id: None,
                media: None,
                location: None,
                sent_at: now,
            }],
            phone_number_id: PhoneNumberId("1".to_owned()),
            profile_name: None,
            deadline_at: now + Duration::seconds(30),
        }
    }

    /// Hands a delivery to the handler, as the consumer would.
    pub async fn handle(&self, delivery: &Delivery) -> Result<(), HandlerError> {
        Turns(self.app.clone()).handle(delivery).await
    }

    /// A whole turn that must end.
    pub async fn says(&self, text: &str) -> MessageReceived {
        let event = self.turn(text);
        self.handle(&self.test.delivery(&event)).await.expect("the turn ends");
        event
    }

    /// case-service takes complaints; the same key is answered as before.
    pub async fn case_takes_complaints(&self) {
        Mock::given(method("POST")).and(path("/internal/complaints")).respond_with(Created).mount(&self.case).await;
    }

    /// case-service answers this number with this complaint.
    pub async fn case_knows(&self, number: &str, view: Value) {
        Mock::given(method("GET"))
            .and(path(format!("/internal/complaints/{number}")))
            .respond_with(ResponseTemplate::new(200).set_body_json(view))
            .mount(&self.case)
            .await;
    }

    /// case-service knows no complaint of anybody's.
    pub async fn case_lists_nothing(&self) {
        Mock::given(method("GET"))
            .and(path_regex("^/internal/complaints"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": [], "next_cursor": null})))
            .mount(&self.case)
            .await;
    }

    /// What a turn was answered, reply or handoff, without the ids that differ each time.
    pub async fn answer_to(&self, event: &MessageReceived) -> Value {
        let replies: Vec<ReplyReady> = self.test.outbox().await;
        if let Some(reply) = replies.into_iter().find(|reply| reply.turn_id == event.turn_id) {
            return json!({"reply": reply.reply, "intent": reply.intent});
        }
        let handoffs: Vec<HandoffRequested> = self.test.outbox().await;
        let handoff = handoffs.into_iter().find(|handoff| handoff.turn_id == event.turn_id);
        handoff.map(|handoff| json!({"handoff": handoff.reason, "text": handoff.text})).unwrap_or_default()
    }

    pub async fn case_is_away(&self) {
        Mock::given(path_regex("^/internal/complaints"))
            .respond_with(ResponseTemplate::new(503))
            .mount(&self.case)
            .await;
    }

    /// channel-service knows every citizen as this contact.
    pub async fn channel_resolves(&self) {
        Mock::given(method("POST"))
            .and(path("/internal/contacts/resolve"))
            .respond_with(ResponseTemplate::new(200).set_body_json(json!({"contact_id": self.contact})))
            .mount(&self.channel)
            .await;
    }

    /// The creations that reached case-service: key and body.
    pub async fn creations(&self) -> Vec<(String, Value)> {
        let requests = self.case.received_requests().await.unwrap_or_default();
        let creations = requests.iter().filter(|request| request.method.as_str() == "POST");
        creations.map(|request| (header(request, "idempotency-key"), request.body_json().expect("JSON"))).collect()
    }
}

pub fn header(request: &Request, name: &str) -> String {
    request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// Always the first number of the day: the test looks at keys, not at counters.
struct Created;

impl Respond for Created {
    fn respond(&self, _request: &Request) -> ResponseTemplate {
        ResponseTemplate::new(201).set_body_json(json!({
            "complaint_id": "LAP-20261120-001", "status": "baru", "version": 1, "due_at": "2026-11-25T10:00:00Z",
        }))
    }
}

/// A complaint as case-service shows it.
pub fn complaint(number: &str, contact: ContactId, status: &str) -> Value {
    json!({
        "complaint_id": number, "id": uuid::Uuid::now_v7(), "contact_id": contact, "kategori": "jalan_rusak",
        "kategori_nama": "Jalan rusak", "status": status, "alamat": "Jl. Rahasia No. 7", "deskripsi": "berlubang",
        "anonim": false, "rahasia": false, "version": 1, "due_at": "2026-11-25T10:00:00Z",
        "created_at": "2026-11-20T02:00:00Z", "updated_at": "2026-11-20T02:00:00Z",
        "updates": [], "media": [], "allowed": [],
    })
}

/// The built-in categories; trees have a question of their own.
async fn case_lists_categories(case: &MockServer) {
    let field =
        json!({"field": "tinggi", "question": "Berapa meter tinggi pohonnya?", "kind": "number", "required": true});
    let all = contracts::complaint::BUILT_IN_CATEGORIES.iter().zip(0..).map(|((key, name), position)| {
        let fields = if *key == "pohon" { json!([field]) } else { json!([]) };
        json!({"kategori": key, "name": name, "sla": {"amount": 14, "unit": "working_days"}, "fields": fields,
               "position": position, "active": true, "version": 1})
    });
    Mock::given(method("GET"))
        .and(path("/internal/categories"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"data": all.collect::<Vec<_>>()})))
        .mount(case)
        .await;
}
