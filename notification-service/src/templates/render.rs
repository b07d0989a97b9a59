//! Putting variables into a text. Texts are written by people of an office: what a text may cost is bounded, what it
//! may reach is nothing but the variables that it is given.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Environment, ErrorKind, UndefinedBehavior};

/// The longest text message that WhatsApp takes.
pub const LONGEST_MESSAGE: usize = 4_096;
/// The longest text of a template.
pub const LONGEST_TEMPLATE: usize = 3_000;
/// Steps that rendering may take; an ordinary text takes some dozens.
const FUEL: u64 = 20_000;

/// Why a text does not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    #[error("it can't be read: {0}")]
    Unreadable(String),
    #[error("it needs variables that were not given: {}", .0.join(", "))]
    MissingVariables(Vec<String>),
    #[error("it says nothing")]
    Empty,
    #[error("it is longer than the {LONGEST_MESSAGE} characters that fit into a message")]
    TooLong,
}

fn environment<'a>() -> Environment<'a> {
    // Empty: no functions, no loops over ranges, no other templates, and nothing is escaped for HTML.
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("upper", |text: String| text.to_uppercase());
    environment.add_filter("lower", |text: String| text.to_lowercase());
    environment.add_filter("trim", |text: String| text.trim().to_owned());
    environment
}

/// The variables that a text uses.
pub fn variables(text: &str) -> Result<BTreeSet<String>, BadTemplate> {
    let environment = environment();
    let template = environment.template_from_str(text).map_err(|error| unreadable(&error))?;
    Ok(template.undeclared_variables(false).into_iter().collect())
}

/// The text with the variables in it.
pub fn render(text: &str, given: &BTreeMap<String, String>) -> Result<String, BadTemplate> {
    let environment = environment();
    let template = environment.template_from_str(text).map_err(|error| unreadable(&error))?;
    let rendered = template.render(given).map_err(|error| match error.kind() {
        ErrorKind::UndefinedError => {
            let used = template.undeclared_variables(false).into_iter();
            let mut missing: Vec<_> = used.filter(|name| !given.contains_key(name)).collect();
            missing.sort();
            BadTemplate::MissingVariables(missing)
        }
        _ => unreadable(&error),
    })?;
    check(rendered.trim())
}

/// A text that fits into a message.
pub fn check(text: &str) -> Result<String, BadTemplate> {
    match text.chars().count() {
        0 => Err(BadTemplate::Empty),
        1..=LONGEST_MESSAGE => Ok(text.to_owned()),
        _ => Err(BadTemplate::TooLong),
    }
}

fn unreadable(error: &minijinja::Error) -> BadTemplate {
    let place = error.line().map(|line| format!(" (line {line})")).unwrap_or_default();
    BadTemplate::Unreadable(format!("{}{place}", error.detail().unwrap_or("it breaks the rules of templates")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn variables_are_put_in_as_they_are() {
        let text = render(
            "Halo {{ nama | upper }}{% if catatan %}: {{ catatan }}{% endif %}",
            &given(&[("nama", "bu <b>"), ("catatan", "")]),
        );
        assert_eq!(text.as_deref(), Ok("Halo BU <B>"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = render("{{ a }}{{ b }}{{ c }}", &given(&[("b", "x")]));
        assert_eq!(missing, Err(BadTemplate::MissingVariables(vec!["a".to_owned(), "c".to_owned()])));
    }

    #[test]
    fn a_text_that_would_run_for_ever_ends() {
        let long = "x".repeat(3_000);
        let text = "{% for a in x %}{% for b in x %}{% for c in x %}.{% endfor %}{% endfor %}{% endfor %}";
        assert!(render(text, &given(&[("x", &long)])).is_err());
    }

    #[test]
    fn texts_reach_nothing_else() {
        for text in ["{% include 'x' %}", "{{ range(9) }}", "{{ debug() }}", "{% if"] {
            assert!(render(text, &given(&[])).is_err(), "{text}");
        }
    }

    #[test]
    fn a_text_must_fit() {
        assert_eq!(render(" ", &given(&[])), Err(BadTemplate::Empty));
        assert_eq!(render("{{ x }}", &given(&[("x", &"é".repeat(4_097))])), Err(BadTemplate::TooLong));
        assert!(render("{{ x }}", &given(&[("x", &"é".repeat(4_096))])).is_ok());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = variables(&text);
            let _ = render(&text, &given(&[("nomor", "1")]));
        }

        /// What a citizen or officer wrote is never read as a template.
        #[test]
        fn values_are_not_templates(value in "[^ ]\\PC{0,40}[^ ]") {
            prop_assume!(value.trim() == value);
            prop_assert_eq!(render("{{ x }}", &given(&[("x", &value)])), Ok(value));
        }
    }
}
