//! Buttons, lists, links, flows and requests.

use std::collections::HashSet;

use serde_json::Value;

use super::{BODY, BUTTONS, Findings, LABEL, Need, ROW_DESCRIPTION, ROW_TITLE, ROWS, TEXT, plain};

const FOOTER: usize = 60;
const HEADER: usize = 60;
const BUTTON_ID: usize = 256;
const ROW_ID: usize = 200;
const KINDS: [&str; 12] = [
    "button",
    "list",
    "cta_url",
    "location_request_message",
    "flow",
    "request_contact_info",
    "address_message",
    "product",
    "product_list",
    "catalog_message",
    "carousel",
    "call_permission_request",
];

pub fn check(found: &mut Findings, content: &Value) {
    let Some(kind) = found.text(content, "interactive", "type", 60, Need::Must) else { return };
    if !KINDS.contains(&kind) {
        found.add("interactive.type", format!("must be one of {}", KINDS.join(", ")));
        return;
    }
    let longest = if kind == "list" { TEXT } else { BODY };
    let bodyless = matches!(kind, "product" | "catalog_message" | "call_permission_request");
    if (content.get("body").is_some() || !bodyless)
        && let Some(body) = found.object(content, "interactive", "body")
    {
        found.text(body, "interactive.body", "text", longest, Need::Must);
    }
    if content.get("footer").is_some_and(|footer| !footer.is_null())
        && let Some(footer) = found.object(content, "interactive", "footer")
    {
        found.text(footer, "interactive.footer", "text", FOOTER, Need::Must);
    }
    header(found, kind, content);
    if let Some(action) = found.object(content, "interactive", "action") {
        match kind {
            "button" => buttons(found, action),
            "list" => list(found, action),
            "cta_url" => link(found, action),
            "location_request_message" => named(found, action, "send_location"),
            "request_contact_info" => named(found, action, "request_contact_info"),
            "flow" => flow(found, action),
            _ => {}
        }
    }
}

/// Lists take text headers only; buttons, links and flows also pictures, videos and documents.
fn header(found: &mut Findings, kind: &str, content: &Value) {
    let Some(header) = content.get("header").filter(|header| !header.is_null()) else { return };
    match header.get("type").and_then(Value::as_str) {
        Some("text") => {
            found.text(header, "interactive.header", "text", HEADER, Need::Must);
        }
        Some(media @ ("image" | "video" | "document")) if matches!(kind, "button" | "cta_url" | "flow") => {
            if let Some(file) = found.object(header, "interactive.header", media) {
                plain::media(found, media, &format!("interactive.header.{media}"), file);
            }
        }
        _ => found.add("interactive.header.type", format!("WhatsApp shows no such header with {kind}: use text")),
    }
}

fn buttons(found: &mut Findings, action: &Value) {
    let path = "interactive.action.buttons";
    let (mut titles, mut ids) = (HashSet::new(), HashSet::new());
    for (n, button) in found.list(action, "interactive.action", "buttons", BUTTONS).iter().enumerate() {
        let path = format!("{path}[{n}]");
        if button.get("type").and_then(Value::as_str) != Some("reply") {
            found.add(format!("{path}.type"), "must be reply");
        }
        let Some(reply) = found.object(button, &path, "reply") else { continue };
        let path = format!("{path}.reply");
        unique(found, &mut titles, reply, &path, "title", LABEL);
        unique(found, &mut ids, reply, &path, "id", BUTTON_ID);
    }
}

/// A text that no other of its kind in the message may have.
fn unique<'a>(found: &mut Findings, seen: &mut HashSet<&'a str>, of: &'a Value, path: &str, key: &str, max: usize) {
    if let Some(text) = found.text(of, path, key, max, Need::Must)
        && !seen.insert(text)
    {
        found.add(format!("{path}.{key}"), "stands there twice: give each its own");
    }
}

fn list(found: &mut Findings, action: &Value) {
    found.text(action, "interactive.action", "button", LABEL, Need::Must);
    let sections = found.list(action, "interactive.action", "sections", ROWS);
    let need = if sections.len() > 1 { Need::Must } else { Need::May };
    let (mut in_all, mut ids) = (0, HashSet::new());
    for (n, section) in sections.iter().enumerate() {
        let path = format!("interactive.action.sections[{n}]");
        found.text(section, &path, "title", ROW_TITLE, need);
        for (n, row) in found.list(section, &path, "rows", usize::MAX).iter().enumerate() {
            let path = format!("{path}.rows[{n}]");
            in_all += 1;
            unique(found, &mut ids, row, &path, "id", ROW_ID);
            found.text(row, &path, "title", ROW_TITLE, Need::Must);
            found.text(row, &path, "description", ROW_DESCRIPTION, Need::May);
        }
    }
    if in_all > ROWS {
        found.add(
            "interactive.action.sections",
            format!("has {in_all} rows; WhatsApp takes {ROWS} in all sections together: leave some out"),
        );
    }
}

fn link(found: &mut Findings, action: &Value) {
    named(found, action, "cta_url");
    let Some(parameters) = found.object(action, "interactive.action", "parameters") else { return };
    let path = "interactive.action.parameters";
    found.text(parameters, path, "display_text", LABEL, Need::Must);
    if let Some(url) = found.text(parameters, path, "url", 2000, Need::Must) {
        found.web_address(format!("{path}.url"), url);
    }
}

fn flow(found: &mut Findings, action: &Value) {
    named(found, action, "flow");
    let Some(parameters) = found.object(action, "interactive.action", "parameters") else { return };
    let path = "interactive.action.parameters";
    found.text(parameters, path, "flow_message_version", 10, Need::Must);
    found.text(parameters, path, "flow_cta", LABEL, Need::Must);
    if parameters.get("flow_id").is_some() == parameters.get("flow_name").is_some() {
        found.add(format!("{path}.flow_id"), "give either flow_id or flow_name");
    }
    for (key, allowed) in [("flow_action", ["navigate", "data_exchange"]), ("mode", ["draft", "published"])] {
        if parameters.get(key).is_some_and(|given| !given.as_str().is_some_and(|given| allowed.contains(&given))) {
            found.add(format!("{path}.{key}"), format!("must be {} or {}", allowed[0], allowed[1]));
        }
    }
}

fn named(found: &mut Findings, action: &Value, name: &str) {
    if action.get("name").and_then(Value::as_str) != Some(name) {
        found.add("interactive.action.name", format!("must be {name}"));
    }
}
