//! Webhooks: verified over the untouched bytes, made durable, answered. Nothing is parsed before it is safe.

pub mod http;
mod signature;
pub mod spool;

pub use signature::is_signed;

/// Whether a body holds statuses and nothing else. A scan, not a parse: it may say no too often, never yes wrongly,
/// because a key inside a text has its quotes escaped.
pub fn holds_only_statuses(body: &[u8]) -> bool {
    let has_key = |key: &str| {
        let quoted = format!("\"{key}\"");
        let mut rest = body;
        while let Some(at) = find(rest, quoted.as_bytes()) {
            rest = &rest[at + quoted.len()..];
            if rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':') {
                return true;
            }
        }
        false
    };
    let others =
        ["messages", "message_echoes", "history", "state_sync", "calls", "user_preferences", "user_id_update", "event"];
    has_key("statuses") && !others.iter().any(|key| has_key(key))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::holds_only_statuses;

    #[test]
    fn statuses_alone_are_told_from_everything_else() {
        let status = br#"{"entry":[{"changes":[{"field":"messages","value":{"statuses":[{"id":"w"}]}}]}]}"#;
        assert!(holds_only_statuses(status));
        let both = br#"{"entry":[{"changes":[{"field":"messages","value":{"statuses":[],"messages" : [{}]}}]}]}"#;
        assert!(!holds_only_statuses(both));
        let talks_about_it = br#"{"value":{"statuses":[{"biz_opaque_callback_data":"{\"messages\":1}"}]}}"#;
        assert!(holds_only_statuses(talks_about_it));
        let text = br#"{"value":{"messages":[{"text":{"body":"\"statuses\":"}}]}}"#;
        assert!(!holds_only_statuses(text));
        assert!(!holds_only_statuses(b""));
    }
}
