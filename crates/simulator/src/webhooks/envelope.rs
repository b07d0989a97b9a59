//! What stands around messages and statuses, byte for byte in Meta's manner.

use std::fmt::Write;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::state::world::{Citizen, Number};

/// A citizen's message in its envelope.
pub fn message(number: &Number, citizen: &Citizen, message: &Value) -> Bytes {
    let mut value = value(number);
    value["contacts"] = json!([contact(citizen)]);
    value["messages"] = json!([message]);
    wrap(number, &value)
}

/// A status in its envelope. Failures come without contacts.
pub fn status(number: &Number, citizen: &Citizen, status: &Value) -> Bytes {
    let mut value = value(number);
    if status["status"] != "failed" {
        value["contacts"] = json!([contact(citizen)]);
    }
    value["statuses"] = json!([status]);
    wrap(number, &value)
}

fn value(number: &Number) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": number.display_phone_number, "phone_number_id": number.phone_number_id},
    })
}

fn contact(citizen: &Citizen) -> Value {
    let mut contact = json!({"profile": {"name": citizen.name}, "user_id": citizen.user_id()});
    if citizen.has_phone() {
        contact["wa_id"] = citizen.key.clone().into();
    }
    contact
}

fn wrap(number: &Number, value: &Value) -> Bytes {
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": number.waba_id, "changes": [{"value": value, "field": "messages"}]}],
    });
    escape(&body.to_string()).into()
}

/// Meta writes ASCII only: `\u00e9`, surrogate pairs for emoji, and `\/`.
pub fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match c {
            '/' => out.push_str("\\/"),
            c if c.is_ascii() => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a String can't fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out
}
