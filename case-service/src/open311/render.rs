//! One answer, two formats. JSON leaves out the names of list items, XML needs them.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::outbox::AppendError;
use serde_json::{Map, Value};

/// A value that both formats can say.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Text(String),
    Number(f64),
    Bool(bool),
    /// Nothing: an empty element, or `null`.
    Nothing,
    /// Named values in their order.
    Fields(Vec<(&'static str, Node)>),
    /// Values under one name.
    List(&'static str, Vec<Node>),
}

impl Node {
    /// A text, or nothing.
    pub fn text(text: impl Into<Option<String>>) -> Self {
        text.into().map_or(Self::Nothing, Self::Text)
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number(number) => Value::from(*number),
            Self::Bool(yes) => Value::from(*yes),
            Self::Nothing => Value::Null,
            Self::Fields(fields) => {
                fields.iter().map(|(name, node)| ((*name).to_owned(), node.json())).collect::<Map<_, _>>().into()
            }
            Self::List(_, items) => items.iter().map(Self::json).collect::<Vec<_>>().into(),
        }
    }

    fn xml(&self, name: &str, out: &mut String) {
        out.push('<');
        out.push_str(name);
        if *self == Self::Nothing {
            out.push_str("/>");
            return;
        }
        out.push('>');
        match self {
            Self::Nothing => {}
            Self::Text(text) => out.push_str(&escaped(text)),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
            Self::Fields(fields) => {
                for (name, node) in fields {
                    node.xml(name, out);
                }
            }
            Self::List(item, items) => {
                for node in items {
                    node.xml(item, out);
                }
            }
        }
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
}

/// A text inside XML. Signs that XML does not know at all are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// The ending of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Xml,
    Json,
}

impl Format {
    /// Reads the ending.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "xml" => Some(Self::Xml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// An answer whose outermost element has this name.
    pub fn answer(self, status: StatusCode, root: &str, node: &Node) -> Response {
        let (kind, body) = match self {
            Self::Json => ("application/json; charset=utf-8", node.json().to_string()),
            Self::Xml => {
                let mut body = "<?xml version=\"1.0\" encoding=\"utf-8\"?>".to_owned();
                node.xml(root, &mut body);
                ("text/xml; charset=utf-8", body)
            }
        };
        let headers = [(header::CONTENT_TYPE, kind), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
        (status, headers, body).into_response()
    }

    /// 400, with everything that is wrong.
    pub fn bad(self, what: impl Into<String>) -> Failure {
        Failure { format: self, status: StatusCode::BAD_REQUEST, errors: vec![what.into()] }
    }

    /// 404.
    pub fn not_found(self, what: impl Into<String>) -> Failure {
        Failure { format: self, status: StatusCode::NOT_FOUND, errors: vec![what.into()] }
    }
}

/// Why a call is refused, in the standard's own form.
#[derive(Debug)]
pub struct Failure {
    pub format: Format,
    pub status: StatusCode,
    pub errors: Vec<String>,
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "an open311 call failed");
        Self {
            format: Format::Xml,
            status: StatusCode::SERVICE_UNAVAILABLE,
            errors: vec!["the service is away for a moment: try again".to_owned()],
        }
    }
}

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Database(error) => error.into(),
            AppendError::Serialise(error) => sqlx::Error::Encode(Box::new(error)).into(),
        }
    }
}

impl Failure {
    /// The same in the format that was asked for.
    pub fn in_format(self, format: Format) -> Self {
        Self { format, ..self }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let error = |text: &String| {
            Node::Fields(vec![
                ("code", Node::Text(self.status.as_u16().to_string())),
                ("description", Node::Text(text.clone())),
            ])
        };
        let errors = Node::List("error", self.errors.iter().map(error).collect());
        self.format.answer(self.status, "errors", &errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_say_the_same() {
        let node = Node::List(
            "service",
            vec![Node::Fields(vec![
                ("name", Node::Text("Jalan & <got>\u{0}".to_owned())),
                ("metadata", Node::Bool(true)),
                ("lat", Node::Number(-6.25)),
                ("notes", Node::Nothing),
            ])],
        );
        let mut xml = String::new();
        node.xml("services", &mut xml);
        assert_eq!(
            xml,
            "<services><service><name>Jalan &amp; &lt;got&gt;</name><metadata>true</metadata><lat>-6.25</lat><notes/></service></services>"
        );
        let json = serde_json::json!([{"name": "Jalan & <got>\u{0}", "metadata": true, "lat": -6.25, "notes": null}]);
        assert_eq!(node.json(), json);
    }
}
