//! Interactive messages: reply buttons, lists, links, flows and requests.

use std::collections::HashSet;

use serde_json::Value;

use super::{Checked, array, plain, required_string, string};
use crate::graph::errors::GraphError;

pub fn interactive(content: &Value) -> Checked<Option<String>> {
    let kind = required_string(content, "type", "interactive['type']", 60)?;
    let body_limit = if kind == "list" { 4096 } else { 1024 };
    let bodyless = matches!(kind, "product" | "catalog_message" | "call_permission_request");
    match content.get("body") {
        Some(body) => {
            required_string(body, "text", "interactive['body']['text']", body_limit)?;
        }
        None if bodyless => {}
        None => return Err(GraphError::missing("interactive['body']")),
    }
    if let Some(footer) = content.get("footer").filter(|footer| !footer.is_null()) {
        required_string(footer, "text", "interactive['footer']['text']", 60)?;
    }
    let media_id = header(kind, content)?;
    let action = content.get("action").ok_or_else(|| GraphError::missing("interactive['action']"))?;
    match kind {
        "button" => buttons(action)?,
        "list" => list(action)?,
        "cta_url" => link(action)?,
        "location_request_message" => named(action, "send_location")?,
        "request_contact_info" => named(action, "request_contact_info")?,
        "flow" => flow(action)?,
        "address_message" | "product" | "product_list" | "catalog_message" | "carousel" | "call_permission_request" => {
        }
        _ => return Err(GraphError::invalid(format!("interactive['type'] {kind} is not known."))),
    }
    Ok(media_id)
}

/// Lists take text headers only; buttons and links also pictures, videos and documents.
fn header(kind: &str, content: &Value) -> Checked<Option<String>> {
    let Some(header) = content.get("header").filter(|header| !header.is_null()) else { return Ok(None) };
    match required_string(header, "type", "interactive['header']['type']", 20)? {
        "text" => required_string(header, "text", "interactive['header']['text']", 60).map(|_| None),
        media @ ("image" | "video" | "document") if matches!(kind, "button" | "cta_url" | "flow") => {
            let content = header.get(media).ok_or_else(|| GraphError::missing(&format!("header['{media}']")))?;
            plain::media(media, content)
        }
        other => Err(GraphError::invalid(format!("header type {other} is not supported for {kind} messages."))),
    }
}

fn buttons(action: &Value) -> Checked {
    let buttons = array(action, "buttons", "interactive['action']['buttons']")?;
    if buttons.is_empty() || buttons.len() > 3 {
        return Err(GraphError::invalid("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"));
    }
    let (mut titles, mut ids) = (HashSet::new(), HashSet::new());
    for button in buttons {
        if button.get("type").and_then(Value::as_str) != Some("reply") {
            return Err(GraphError::invalid("Button type must be reply."));
        }
        let reply = button.get("reply").ok_or_else(|| GraphError::missing("buttons['reply']"))?;
        let title = titled(reply, "title", "Button title", 20)?;
        let id = required_string(reply, "id", "buttons['reply']['id']", 256)?;
        if !titles.insert(title) || !ids.insert(id) {
            return Err(GraphError::invalid("Button titles and ids must be unique."));
        }
    }
    Ok(())
}

fn list(action: &Value) -> Checked {
    titled(action, "button", "List button", 20)?;
    let sections = array(action, "sections", "interactive['action']['sections']")?;
    if sections.is_empty() || sections.len() > 10 {
        return Err(GraphError::invalid("Invalid sections count. Min allowed sections: 1, Max allowed sections: 10"));
    }
    let (mut rows_in_all, mut ids) = (0, HashSet::new());
    for section in sections {
        if sections.len() > 1 {
            titled(section, "title", "Section title", 24)?;
        } else {
            string(section, "title", "Section title", 24)?;
        }
        let rows = array(section, "rows", "sections['rows']")?;
        rows_in_all += rows.len();
        for row in rows {
            titled(row, "title", "Row title", 24)?;
            string(row, "description", "Row description", 72)?;
            if !ids.insert(required_string(row, "id", "Row id", 200)?) {
                return Err(GraphError::invalid("Row ids must be unique."));
            }
        }
    }
    if rows_in_all == 0 || rows_in_all > 10 {
        return Err(GraphError::invalid(format!("Total row count {rows_in_all} is not within 1 and 10.")));
    }
    Ok(())
}

fn link(action: &Value) -> Checked {
    named(action, "cta_url")?;
    let parameters = action.get("parameters").ok_or_else(|| GraphError::missing("action['parameters']"))?;
    titled(parameters, "display_text", "Button display_text", 20)?;
    let url = required_string(parameters, "url", "parameters['url']", 2000)?;
    if url.starts_with("http://") || url.starts_with("https://") {
        Ok(())
    } else {
        Err(GraphError::invalid("parameters['url'] is not a valid URI."))
    }
}

fn flow(action: &Value) -> Checked {
    named(action, "flow")?;
    let parameters = action.get("parameters").ok_or_else(|| GraphError::missing("action['parameters']"))?;
    required_string(parameters, "flow_message_version", "parameters['flow_message_version']", 10)?;
    titled(parameters, "flow_cta", "Flow button", 20)?;
    match (parameters.get("flow_id"), parameters.get("flow_name")) {
        (Some(_), None) | (None, Some(_)) => Ok(()),
        _ => Err(GraphError::invalid("Either flow_id or flow_name is required, not both.")),
    }
}

fn named(action: &Value, name: &str) -> Checked {
    match required_string(action, "name", "interactive['action']['name']", 60)? {
        given if given == name => Ok(()),
        given => Err(GraphError::invalid(format!("action name {given} is not {name}."))),
    }
}

/// A label that a finger taps: present, not empty, not too long, in Meta's words.
fn titled<'a>(of: &'a Value, key: &str, what: &str, max: usize) -> Checked<&'a str> {
    let wrong = || GraphError::invalid(format!("{what} length invalid. Min length: 1, Max length: {max}"));
    match string(of, key, what, max) {
        Ok(Some(text)) if !text.trim().is_empty() => Ok(text),
        Ok(None) => Err(GraphError::missing(what)),
        Err(error) if error.code == 100 => Err(error),
        _ => Err(wrong()),
    }
}
