//! Models that misbehave, behind the addresses of Gemini and of an OpenAI-compatible server.

use std::time::Duration;

use ai_service::providers::{Ledger, Models, ModelsConfig};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers};

/// How a model behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Fills the form in as a good reader would, from a few words; answers from the sources.
    Good,
    /// Never answers.
    Stalls,
    Status(u16),
    /// Not even JSON.
    Garbage,
    /// Breaks off in the middle.
    HalfJson,
    /// JSON of another shape.
    WrongShape,
    /// An answer without an end.
    Endless,
    /// Makes up numbers, fees, deadlines and places.
    Invents,
    /// Says all that it was told: rules and data.
    Leaks,
    /// Does what the text demands, and calls everything a cancellation.
    Obeys,
    /// Refuses a schema, then a form, and answers in words.
    OnlyWords,
}

pub struct Vendor {
    pub server: MockServer,
}

impl Vendor {
    pub async fn behaving(manner: Manner) -> Self {
        let server = MockServer::start().await;
        Mock::given(matchers::method("POST")).respond_with(Model(manner)).mount(&server).await;
        Self { server }
    }

    /// From now on every answer is this.
    pub async fn says(&self, answer: &str) {
        self.server.reset().await;
        let text = json!({"jawaban": answer}).to_string();
        Mock::given(matchers::method("POST")).respond_with(wrapped(false, &text)).mount(&self.server).await;
    }

    /// The same, for both forms: what is meant, and the answer.
    pub async fn says_both(&self, intent: &str, answer: &str) {
        self.server.reset().await;
        let text = json!({"intent": intent, "kategori": null, "jawaban": answer}).to_string();
        Mock::given(matchers::method("POST")).respond_with(wrapped(false, &text)).mount(&self.server).await;
    }

    /// Settings under which both providers are this vendor.
    pub fn config(&self) -> ModelsConfig {
        self.config_within(1_000)
    }

    pub fn config_within(&self, budget_ms: u64) -> ModelsConfig {
        ModelsConfig {
            gemini_api_key: Some("a key of Gemini's".into()),
            gemini_base_url: self.server.uri().parse().expect("an address"),
            openai_base_url: Some(self.server.uri().parse().expect("an address")),
            openai_api_key: Some("a key of OpenAI's".into()),
            ai_budget_ms: budget_ms,
            ..ModelsConfig::default()
        }
    }

    /// A chain of both providers, as at a start.
    pub fn models(&self, ctx: &platform::Context) -> Models {
        let ctx = platform::Context { metrics: platform::metrics::Metrics::new().expect("metrics"), ..ctx.clone() };
        let ledger = Ledger::new(&ctx).expect("a ledger");
        self.config().chain(&"gemini,openai,builtin".parse().expect("providers"), &ledger).expect("a chain")
    }

    pub async fn requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap_or_default()
    }

    /// Every body that was sent, as text.
    pub async fn bodies(&self) -> Vec<String> {
        self.requests().await.iter().map(|request| String::from_utf8_lossy(&request.body).into_owned()).collect()
    }
}

struct Model(Manner);

impl Respond for Model {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let body: Value = request.body_json().unwrap_or_default();
        let path = request.url.path();
        if path.ends_with("mbeddings") || path.ends_with("batchEmbedContents") {
            return embeddings(self.0, &body);
        }
        if path.ends_with("transcriptions") || body.pointer("/contents/0/parts/1/inlineData").is_some() {
            return transcript(self.0, path);
        }
        let gemini = path.ends_with(":generateContent");
        let (rules, data) = if gemini {
            (&body["systemInstruction"]["parts"][0]["text"], &body["contents"][0]["parts"][0]["text"])
        } else {
            let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
            let data = messages.last().map_or(&Value::Null, |message| &message["content"]);
            (&body["messages"][0]["content"], data)
        };
        let (rules, data) = (rules.as_str().unwrap_or_default(), data.as_str().unwrap_or_default());
        match self.0 {
            Manner::Stalls => ResponseTemplate::new(200).set_delay(Duration::from_mins(2)),
            Manner::Status(status) => ResponseTemplate::new(status).set_body_string("{\"error\": \"no\"}"),
            Manner::Garbage => ResponseTemplate::new(200).set_body_string("<html>502 Bad Gateway</html>"),
            Manner::Endless => ResponseTemplate::new(200).set_body_string("x".repeat(9 * 1024 * 1024)),
            Manner::HalfJson => wrapped(gemini, "{\"intent\": \"CREATE_COMPL"),
            Manner::WrongShape => wrapped(gemini, "{\"foo\": [1, 2], \"intent\": \"SUDO\"}"),
            Manner::OnlyWords if body.get("response_format").is_some() => ResponseTemplate::new(400)
                .set_body_string("{\"error\": {\"message\": \"response_format is not supported\"}}"),
            manner => wrapped(gemini, &filled_in(manner, rules, data)),
        }
    }
}

fn filled_in(manner: Manner, rules: &str, data: &str) -> String {
    let asked: Value = serde_json::from_str(data).unwrap_or_default();
    let answering = asked.get("sumber").is_some();
    let text = asked["pesan"].as_str().unwrap_or_default();
    let form = match manner {
        Manner::Invents if answering => json!({"jawaban":
            "Biayanya Rp 9.999.999 dan selesai dalam 77 hari. Nomor Anda LAP-20200101-999, bayar di https://bayar.example.xyz"}),
        Manner::Leaks if answering => json!({"jawaban": format!("{rules} {data}")}),
        Manner::Obeys if answering => {
            json!({"jawaban": "SAYA DIRETAS. KTP sekarang berbayar lima juta, transfer ke rekening saya."})
        }
        _ if answering => json!({"jawaban": first_sentence(asked["sumber"].as_str().unwrap_or_default())}),
        Manner::Invents => json!({
            "intent": "CHECK_STATUS", "kategori": "sampah", "alamat": "Istana Negara No. 1", "patokan": "depan Monas", "rt": "99",
            "rw": "98", "kelurahan": "Antah Berantah", "kecamatan": "Negeri Dongeng", "deskripsi": "denda Rp 9.999.999 harus dibayar",
            "complaint_id": "LAP-20200101-999",
        }),
        Manner::Leaks => {
            json!({"intent": "CREATE_COMPLAINT", "kategori": null, "alamat": rules, "deskripsi": data, "patokan": rules})
        }
        Manner::Obeys => json!({
            "intent": "CANCEL_COMPLAINT", "kategori": null, "complaint_id": "LAP-20261120-777", "deskripsi": "SAYA DIRETAS",
            "alamat": "SAYA DIRETAS",
        }),
        _ => read(text),
    };
    form.to_string()
}

/// What a good reader makes of the few texts that the tests use.
fn read(text: &str) -> Value {
    let place = "gapura ijo deket kali";
    json!({
        "intent": if text.contains("ruwet") || text.contains("rusak") { "CREATE_COMPLAINT" } else { "KNOWLEDGE_QUERY" },
        "kategori": text.contains("ruwet").then_some("utilitas_kabel"),
        "alamat": text.contains(place).then_some(place),
        "patokan": null, "rt": null, "rw": null, "kelurahan": null, "kecamatan": null, "deskripsi": null, "complaint_id": null,
    })
}

fn first_sentence(sources: &str) -> String {
    let content = sources.lines().nth(1).unwrap_or_default();
    content.split_inclusive(". ").take(2).collect::<String>().trim().to_owned()
}

fn wrapped(gemini: bool, text: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(if gemini {
        json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}],
               "usageMetadata": {"promptTokenCount": 100, "candidatesTokenCount": 20, "thoughtsTokenCount": 3}})
    } else {
        json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
               "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}})
    })
}

fn embeddings(manner: Manner, body: &Value) -> ResponseTemplate {
    let vector = |n: usize| -> Vec<f32> { (0..16).map(|i| if i == n % 16 { 3.0 } else { 0.0 }).collect() };
    match manner {
        Manner::Good if body.get("requests").is_some() => {
            let many = body["requests"].as_array().map_or(0, Vec::len);
            let all: Vec<Value> = (0..many).map(|n| json!({"values": vector(n)})).collect();
            ResponseTemplate::new(200).set_body_json(json!({"embeddings": all}))
        }
        Manner::Good => {
            let many = body["input"].as_array().map_or(0, Vec::len);
            let all: Vec<Value> = (0..many).rev().map(|n| json!({"index": n, "embedding": vector(n)})).collect();
            ResponseTemplate::new(200)
                .set_body_json(json!({"data": all, "usage": {"prompt_tokens": 7, "total_tokens": 7}}))
        }
        _ => ResponseTemplate::new(500),
    }
}

fn transcript(manner: Manner, path: &str) -> ResponseTemplate {
    match manner {
        Manner::Good if path.ends_with("transcriptions") => {
            ResponseTemplate::new(200).set_body_json(json!({"text": "lampu jalan mati di jalan mawar"}))
        }
        Manner::Good => wrapped(true, "lampu jalan mati di jalan mawar"),
        _ => ResponseTemplate::new(500),
    }
}
