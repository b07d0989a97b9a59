//! Templates: what can be told without WhatsApp's own copy of them.

use serde_json::Value;

use super::{Findings, Need};

const PARTS: [&str; 5] = ["header", "body", "button", "limited_time_offer", "carousel"];
/// Longest code of a copy-code button.
const CODE: usize = 15;

pub fn check(found: &mut Findings, content: &Value) {
    if let Some(name) = found.text(content, "template", "name", 512, Need::Must)
        && !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    {
        found.add("template.name", "has only small letters, digits and _: write it as WhatsApp Manager shows it");
    }
    if let Some(language) = found.object(content, "template", "language") {
        found.text(language, "template.language", "code", 20, Need::Must);
    }
    let components = match content.get("components") {
        None | Some(Value::Null) => return,
        Some(Value::Array(components)) => components,
        Some(_) => return found.add("template.components", "must be a list"),
    };
    for (n, component) in components.iter().enumerate() {
        part(found, &format!("template.components[{n}]"), component);
    }
}

fn part(found: &mut Findings, path: &str, component: &Value) {
    let kind = found.text(component, path, "type", 20, Need::Must).map(str::to_lowercase);
    if kind.as_deref().is_some_and(|kind| !PARTS.contains(&kind)) {
        found.add(format!("{path}.type"), format!("must be one of {}", PARTS.join(", ")));
    }
    let button = kind.as_deref() == Some("button");
    if button {
        found.text(component, path, "sub_type", 40, Need::Must);
        if !component.get("index").is_some_and(|index| index.is_string() || index.is_u64()) {
            found.add(format!("{path}.index"), "is missing: the button's place, from \"0\"");
        }
    }
    let parameters = component.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let named = parameters.iter().filter(|parameter| parameter.get("parameter_name").is_some()).count();
    if named != 0 && named != parameters.len() {
        found.add(format!("{path}.parameters"), "some are named and some are not: name all of them or none");
    }
    for (n, parameter) in parameters.iter().enumerate() {
        let path = format!("{path}.parameters[{n}]");
        found.text(parameter, &path, "type", 40, Need::Must);
        if button {
            found.text(parameter, &path, "coupon_code", CODE, Need::May);
        }
    }
}
