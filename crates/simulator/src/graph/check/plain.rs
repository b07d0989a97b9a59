//! Text, media, location, contacts, reactions and templates.

use serde_json::Value;

use super::{Checked, array, required_string, string};
use crate::graph::errors::GraphError;

pub fn text(content: &Value) -> Checked {
    required_string(content, "body", "text['body']", 4096)?;
    match content.get("preview_url") {
        None | Some(Value::Bool(_) | Value::Null) => Ok(()),
        Some(_) => Err(GraphError::parameter("Param text['preview_url'] must be a boolean")),
    }
}

/// `id` or `link`, not both; captions where the kind has them.
pub fn media(kind: &str, content: &Value) -> Checked<Option<String>> {
    let id = string(content, "id", &format!("{kind}['id']"), 256)?;
    let link = string(content, "link", &format!("{kind}['link']"), 2048)?;
    match content.get("caption") {
        Some(_) if matches!(kind, "audio" | "sticker") => {
            return Err(GraphError::parameter(&format!("Unexpected key \"caption\" on param \"{kind}\".")));
        }
        _ => string(content, "caption", &format!("{kind}['caption']"), 1024)?,
    };
    if kind == "document" {
        string(content, "filename", "document['filename']", 240)?;
    }
    match (id, link) {
        (Some(id), None) if !id.is_empty() => Ok(Some(id.to_owned())),
        (None, Some(link)) if link.starts_with("http://") || link.starts_with("https://") => Ok(None),
        (None, Some(_)) => Err(GraphError::invalid(format!("{kind}['link'] is not a valid URI."))),
        (Some(_), Some(_)) => Err(GraphError::parameter(&format!("{kind}: either id or link, not both."))),
        _ => Err(GraphError::missing(&format!("{kind}['id'] or {kind}['link']"))),
    }
}

pub fn location(content: &Value) -> Checked {
    for (key, bound) in [("latitude", 90.0), ("longitude", 180.0)] {
        let degrees = match content.get(key) {
            None | Some(Value::Null) => return Err(GraphError::missing(&format!("location['{key}']"))),
            // Meta's own examples write coordinates both ways.
            Some(Value::String(text)) => text.parse().ok(),
            Some(value) => value.as_f64(),
        };
        if !degrees.is_some_and(|degrees: f64| degrees.abs() <= bound) {
            return Err(GraphError::invalid(format!("location['{key}'] must be a number within ±{bound}.")));
        }
    }
    string(content, "name", "location['name']", 1000)?;
    string(content, "address", "location['address']", 1000)?;
    Ok(())
}

pub fn contacts(content: &Value) -> Checked {
    let Some(contacts) = content.as_array() else {
        return Err(GraphError::parameter("Param contacts must be an array"));
    };
    if contacts.is_empty() || contacts.len() > 257 {
        return Err(GraphError::invalid("contacts: min 1, max 257 contacts."));
    }
    for contact in contacts {
        let name = contact.get("name").ok_or_else(|| GraphError::missing("contacts['name']"))?;
        required_string(name, "formatted_name", "contacts['name']['formatted_name']", 1000)?;
    }
    Ok(())
}

pub fn reaction(content: &Value) -> Checked {
    required_string(content, "message_id", "reaction['message_id']", 1000)?;
    match string(content, "emoji", "reaction['emoji']", 40)? {
        None => Err(GraphError::missing("reaction['emoji']")),
        Some(emoji) if emoji.is_ascii() && !emoji.is_empty() => {
            Err(GraphError::invalid("reaction['emoji'] must be a single emoji or an empty string."))
        }
        Some(_) => Ok(()),
    }
}

pub fn template(content: &Value) -> Checked {
    let name = required_string(content, "name", "template['name']", 512)?;
    if !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
        return Err(GraphError::of(132_001, format!("template name ({name}) does not exist")));
    }
    let language = content.get("language").ok_or_else(|| GraphError::missing("template['language']"))?;
    required_string(language, "code", "template['language']['code']", 20)?;
    if content.get("components").is_none_or(Value::is_null) {
        return Ok(());
    }
    for component in array(content, "components", "template['components']")? {
        let kind = required_string(component, "type", "template['components']['type']", 20)?.to_lowercase();
        if !matches!(kind.as_str(), "header" | "body" | "button" | "limited_time_offer" | "carousel") {
            return Err(GraphError::invalid(format!("template component type {kind} is not known.")));
        }
        if kind == "button" {
            required_string(component, "sub_type", "template['components']['sub_type']", 40)?;
            component.get("index").ok_or_else(|| GraphError::missing("template['components']['index']"))?;
        }
        let parameters = component.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let named = parameters.iter().filter(|parameter| parameter.get("parameter_name").is_some()).count();
        if named != 0 && named != parameters.len() {
            return Err(GraphError::parameter("Template parameters must be all named or all positional."));
        }
        for parameter in parameters {
            required_string(parameter, "type", "template['components']['parameters']['type']", 40)?;
        }
    }
    Ok(())
}
