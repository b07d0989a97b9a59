//! The least Graph API: takes every message at once and notes when it came.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::extract::State;
use axum::response::Json;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// When the first reply to each citizen came.
#[derive(Debug, Clone, Default)]
pub struct Graph(Arc<Mutex<HashMap<String, Instant>>>);

impl Graph {
    /// Listens on a free port until the set is dropped. Gives its address.
    pub async fn listen(&self) -> Result<(String, JoinSet<std::io::Result<()>>)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let router = Router::new().fallback(take).with_state(self.clone());
        let mut served = JoinSet::new();
        served.spawn(async move { axum::serve(listener, router).await });
        Ok((format!("http://{address}"), served))
    }

    /// When this citizen's reply came.
    pub fn replied(&self, citizen: &str) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(citizen).copied()
    }

    pub fn count(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

async fn take(State(graph): State<Graph>, Json(message): Json<Value>) -> Json<Value> {
    let now = Instant::now();
    let Some(to) = message["to"].as_str().filter(|_| message["type"].is_string()) else {
        // A read receipt.
        return Json(json!({"success": true}));
    };
    // Written with or without a plus, it is the same citizen.
    let citizen = to.trim_start_matches('+').to_owned();
    graph.0.lock().unwrap_or_else(PoisonError::into_inner).entry(citizen).or_insert(now);
    Json(json!({
        "messaging_product": "whatsapp",
        "contacts": [{"input": to, "wa_id": to}],
        "messages": [{"id": format!("wamid.{}", uuid::Uuid::now_v7().simple())}],
    }))
}
