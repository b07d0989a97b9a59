//! The texts that citizens read: an office's own, or the built-in ones.

pub mod built_in;
pub mod http;
pub mod render;
pub mod store;

use std::collections::BTreeMap;

use contracts::OfficeId;
use platform::Tx;

/// A text, whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub name: String,
    /// 0: built in.
    pub version: i64,
    pub text: String,
}

/// The office's text of this name, or the built-in one.
pub async fn find(tx: &mut Tx, office: OfficeId, name: &str) -> Result<Option<Template>, sqlx::Error> {
    if let Some(own) = store::latest(tx, office, name).await? {
        return Ok(Some(Template { name: own.name, version: own.version, text: own.text }));
    }
    Ok(built_in::text(name).map(|text| Template { name: name.to_owned(), version: 0, text: text.to_owned() }))
}

/// The text of this name with the variables in it. A text of the office that does not work never silences the office:
/// the built-in one speaks instead.
pub async fn say(
    tx: &mut Tx,
    office: OfficeId,
    name: &'static str,
    variables: &BTreeMap<String, String>,
) -> Result<Result<String, render::BadTemplate>, sqlx::Error> {
    let own = store::latest(tx, office, name).await?.map(|own| render::render(&own.text, variables));
    Ok(match own {
        Some(Ok(text)) => Ok(text),
        Some(Err(why)) => {
            tracing::warn!(
                template = name,
                error = &why as &dyn std::error::Error,
                "an office's template does not work"
            );
            render::render(built_in::text(name).unwrap_or_default(), variables)
        }
        None => render::render(built_in::text(name).unwrap_or_default(), variables),
    })
}
