//! Reading values that may be anything: a text, a number written as one, a list or a lone object, nothing at all.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// The text with every half of a surrogate pair replaced: a name cut inside an emoji must not cost a whole body.
pub fn mended(text: &str) -> String {
    let unit = |at: usize| {
        let hex = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(hex, 16).ok()
    };
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(next) = text[at..].find('\\').map(|offset| at + offset) {
        out.push_str(&text[at..next]);
        let (taken, whole) = match unit(next) {
            Some(0xD800..=0xDBFF) if matches!(unit(next + 6), Some(0xDC00..=0xDFFF)) => (12, true),
            Some(0xD800..=0xDFFF) => (6, false),
            // An escape is two characters at least; the second may be of several bytes.
            _ => (1 + text[next + 1..].chars().next().map_or(0, char::len_utf8), true),
        };
        out.push_str(if whole { &text[next..next + taken] } else { "\\ufffd" });
        at = next + taken;
    }
    out.push_str(&text[at..]);
    out
}

/// The elements of an array; a lone object counts as one.
pub fn each(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(object @ Value::Object(_)) => vec![object],
        _ => Vec::new(),
    }
}

/// Text, or a number written as one. PostgreSQL can't hold a NUL, and no human text has one.
pub fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.replace('\0', "")),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Text that says something.
pub fn said(value: Option<&Value>) -> Option<String> {
    text(value).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// An id: a text that is not empty. Two that sent none are not the same.
pub fn id(value: Option<&Value>) -> Option<String> {
    said(value)
}

/// A number, or a text that holds one.
pub fn number(value: Option<&Value>) -> Option<f64> {
    let value = value?;
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

/// A flag, also when it is written as a word or a number.
pub fn flag(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::String(word)) => word.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// Seconds or milliseconds, as text or number.
pub fn timestamp(value: Option<&Value>) -> Option<DateTime<Utc>> {
    let number = text(value)?;
    let number: i64 = number.trim().split('.').next()?.parse().ok()?;
    if number > 100_000_000_000 { DateTime::from_timestamp_millis(number) } else { DateTime::from_timestamp(number, 0) }
        .filter(|time| time.timestamp() > 0 && time.timestamp() < FAR)
}

/// The year 3000: what is later is no time of a message, and PostgreSQL's own calendar ends too.
const FAR: i64 = 32_503_680_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn timestamps_come_in_every_spelling_and_nonsense_is_none() {
        for spelling in
            [json!("1763600001"), json!(1_763_600_001), json!(1_763_600_001_000_i64), json!(" 1763600001.5 ")]
        {
            assert_eq!(timestamp(Some(&spelling)).map(|at| at.timestamp()), Some(1_763_600_001), "{spelling}");
        }
        for nonsense in [json!(null), json!("soon"), json!(-5), json!([]), json!("99999999999999999"), json!(1e300)] {
            assert_eq!(timestamp(Some(&nonsense)), None, "{nonsense}");
        }
    }

    #[test]
    fn numbers_come_as_words() {
        assert_eq!(number(Some(&json!("106.8"))), Some(106.8));
        assert_eq!(number(Some(&json!(-6))), Some(-6.0));
        assert_eq!(number(Some(&json!("NaN"))), None);
    }

    proptest! {
        #[test]
        fn mending_leaves_good_json_as_it_is(words in prop::collection::vec(any::<String>(), 0..4)) {
            let text = Value::from(words).to_string();
            prop_assert_eq!(mended(&text), text);
        }
    }
}
