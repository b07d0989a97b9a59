//! What a list of requests asks for. Every bad parameter is named.

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;

/// The standard's longest span, and its most.
const LONGEST_SPAN: i64 = 90;
const MOST: i64 = 1_000;
/// Deeper pages are for nobody: a span of time leads there.
const DEEPEST: i64 = 50_000;

/// The query string.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    pub jurisdiction_id: Option<String>,
    pub service_request_id: Option<String>,
    pub service_code: Option<String>,
    pub start_date: Option<String>,
    pub end_date: Option<String>,
    pub status: Option<String>,
    pub page: Option<String>,
    pub page_size: Option<String>,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// Named ones; dates don't matter then.
    pub numbers: Vec<String>,
    pub codes: Vec<String>,
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// `Some(true)`: open ones.
    pub open: Option<bool>,
    pub limit: i64,
    pub offset: i64,
}

impl Params {
    /// Reads it, or tells all that is wrong.
    pub fn read(&self, now: DateTime<Utc>) -> Result<Filter, Vec<String>> {
        let mut errors = Vec::new();
        let mut date = |name: &str, text: &Option<String>| {
            let text = text.as_deref().map(str::trim).filter(|text| !text.is_empty())?;
            // A plus that was not escaped arrives as a space.
            let time = DateTime::parse_from_rfc3339(&text.replace(' ', "+"));
            if time.is_err() {
                errors.push(format!("{name} must be a time with its zone, such as 2026-11-20T09:00:00+07:00"));
            }
            time.ok().map(|time| time.with_timezone(&Utc))
        };
        let (start, end) = (date("start_date", &self.start_date), date("end_date", &self.end_date));
        let span = Duration::days(LONGEST_SPAN);
        let (from, to) = match (start, end) {
            (Some(start), Some(end)) => (start, end),
            (Some(start), None) => (start, (start + span).min(now)),
            (None, Some(end)) => (end - span, end),
            (None, None) => (now - span, now),
        };
        if from > to {
            errors.push("start_date lies after end_date".to_owned());
        } else if to - from > span {
            errors.push(format!("start_date and end_date may lie {LONGEST_SPAN} days apart at most"));
        }
        let open = match self.status.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            None | Some("open,closed" | "closed,open") => None,
            Some("open") => Some(true),
            Some("closed") => Some(false),
            Some(_) => {
                errors.push("status must be open or closed".to_owned());
                None
            }
        };
        let mut number = |name: &str, text: &Option<String>, usual: i64, most: i64| {
            let Some(text) = text.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return usual };
            match text.parse() {
                Ok(number) if (1..=most).contains(&number) => number,
                _ => {
                    errors.push(format!("{name} must be between 1 and {most}"));
                    usual
                }
            }
        };
        let page = number("page", &self.page, 1, DEEPEST);
        let limit = number("page_size", &self.page_size, MOST, MOST);
        let offset = (page - 1) * limit;
        if offset > DEEPEST {
            errors.push("page lies too deep: narrow start_date and end_date instead".to_owned());
        }
        let filter = Filter {
            numbers: listed(self.service_request_id.as_deref()),
            codes: listed(self.service_code.as_deref()),
            from,
            to,
            open,
            limit,
            offset,
        };
        if errors.is_empty() { Ok(filter) } else { Err(errors) }
    }
}

fn listed(text: Option<&str>) -> Vec<String> {
    let words = text.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    #[test]
    fn without_dates_it_is_the_last_ninety_days() {
        let now = at("2026-11-21T00:00:00Z");
        let filter = Params::default().read(now).expect("a filter");
        assert_eq!((filter.from, filter.to, filter.limit, filter.offset), (at("2026-08-23T00:00:00Z"), now, 1_000, 0));
        let since = Params { start_date: Some("2026-01-01T00:00:00 07:00".to_owned()), ..Params::default() };
        let filter = since.read(now).expect("a filter");
        assert_eq!(filter.to - filter.from, Duration::days(90));
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        let some = |text: &str| Some(text.to_owned());
        let params = Params {
            start_date: some("kemarin"),
            status: some("baru"),
            page: some("0"),
            page_size: some("1001"),
            ..Params::default()
        };
        let errors = params.read(at("2026-11-21T00:00:00Z")).expect_err("errors");
        assert_eq!(errors.len(), 4, "{errors:?}");
        let long = Params {
            start_date: some("2026-01-01T00:00:00Z"),
            end_date: some("2026-06-01T00:00:00Z"),
            ..Params::default()
        };
        assert_eq!(long.read(at("2026-11-21T00:00:00Z")).expect_err("errors").len(), 1);
    }
}
