//! Webhooks as WhatsApp sends them, with their signature.

use anyhow::Result;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// The value of `X-Hub-Signature-256`.
pub fn signature(app_secret: &str, body: &[u8]) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(app_secret.as_bytes())?;
    mac.update(body);
    Ok(format!("sha256={}", hex::encode(mac.finalize().into_bytes())))
}

/// One text of one citizen.
pub fn text(phone_number_id: &str, from: &str, wamid: &str, seconds: i64, text: &str) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [{"id": "200000000000001", "changes": [{"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "622150001234", "phone_number_id": phone_number_id},
        "contacts": [{"profile": {"name": "Warga"}, "wa_id": from}],
        "messages": [{"from": from, "id": wamid, "timestamp": seconds.to_string(), "type": "text", "text": {"body": text}}],
    }}]}]})
}
