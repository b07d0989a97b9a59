//! What a model is asked, without a vendor's spelling: rules of the program, masked data, and the shape of the answer.

use serde_json::Value;

use crate::privacy::Masked;
use crate::privacy::outgoing::{Outgoing, Setting};

/// A question.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// The shape's name, which some vendors want.
    pub name: &'static str,
    /// What to do: a text of the program.
    pub rules: &'static str,
    /// What to do it with: data, whatever it says.
    pub data: Masked,
    pub shape: Shape,
    /// The longest answer, in tokens.
    pub longest: u64,
}

/// The object that is to be filled in.
#[derive(Debug, Clone)]
pub struct Shape(pub Vec<(&'static str, Field)>);

/// One of its fields.
#[derive(Debug, Clone)]
pub enum Field {
    /// One of these words.
    OneOf(Vec<Setting>),
    /// One of these words, or null.
    MaybeOneOf(Vec<Setting>),
    /// Text, or null.
    MaybeText,
}

impl Prompt {
    /// The shape for servers that take no schema: its fields and their words, as data.
    pub fn shape_in_words(&self) -> Masked {
        Masked::schema(&self.shape.json_schema())
    }
}

impl Shape {
    /// As JSON Schema has it.
    pub fn json_schema(&self) -> Outgoing {
        let words = |words: &[Setting]| words.iter().cloned().map(Outgoing::from).collect::<Vec<_>>();
        let field = |field: &Field| match field {
            Field::OneOf(of) => Outgoing::map([("type", "string".into()), ("enum", Outgoing::List(words(of)))]),
            Field::MaybeOneOf(of) => {
                let one = Outgoing::map([("type", "string".into()), ("enum", Outgoing::List(words(of)))]);
                Outgoing::map([("anyOf", Outgoing::list([one, Outgoing::map([("type", "null".into())])]))])
            }
            Field::MaybeText => Outgoing::map([("type", Outgoing::list(["string".into(), "null".into()]))]),
        };
        Outgoing::map([
            ("type", "object".into()),
            ("properties", Outgoing::Map(self.0.iter().map(|(name, of)| (*name, field(of))).collect())),
            ("required", Outgoing::list(self.0.iter().map(|(name, _)| (*name).into()))),
            ("additionalProperties", Outgoing::Flag(false)),
        ])
    }

    /// As Gemini has it, which knows a part of OpenAPI.
    pub fn openapi_schema(&self) -> Outgoing {
        let words = |words: &[Setting]| Outgoing::list(words.iter().cloned().map(Outgoing::from));
        let field = |field: &Field| match field {
            Field::OneOf(of) => Outgoing::map([("type", "STRING".into()), ("enum", words(of))]),
            Field::MaybeOneOf(of) => {
                Outgoing::map([("type", "STRING".into()), ("enum", words(of)), ("nullable", Outgoing::Flag(true))])
            }
            Field::MaybeText => Outgoing::map([("type", "STRING".into()), ("nullable", Outgoing::Flag(true))]),
        };
        Outgoing::map([
            ("type", "OBJECT".into()),
            ("properties", Outgoing::Map(self.0.iter().map(|(name, of)| (*name, field(of))).collect())),
            ("required", Outgoing::list(self.0.iter().map(|(name, _)| (*name).into()))),
        ])
    }

    /// Whether an answer has this shape: every field there, of its kind, and its words among the allowed.
    pub fn fits(&self, value: &Value) -> bool {
        let Some(object) = value.as_object() else { return false };
        self.0.iter().all(|(name, field)| match (field, object.get(*name)) {
            (Field::MaybeText | Field::MaybeOneOf(_), None | Some(Value::Null))
            | (Field::MaybeText, Some(Value::String(_))) => true,
            (Field::OneOf(of) | Field::MaybeOneOf(of), Some(Value::String(word))) => {
                of.iter().any(|setting| setting.as_str() == word)
            }
            _ => false,
        })
    }
}

/// The object in a model's text: some wrap it in a fence or in words.
pub fn object_in(text: &str) -> Option<Value> {
    let (start, end) = (text.find('{')?, text.rfind('}')?);
    serde_json::from_str(text.get(start..=end)?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shape() -> Shape {
        let words = |words: &[&str]| words.iter().filter_map(|word| Setting::new(word)).collect();
        Shape(vec![
            ("intent", Field::OneOf(words(&["GREETING", "THANKS"]))),
            ("kategori", Field::MaybeOneOf(words(&["sampah"]))),
            ("alamat", Field::MaybeText),
        ])
    }

    #[test]
    fn only_what_has_the_shape_fits() {
        let shape = shape();
        assert!(shape.fits(&json!({"intent": "THANKS", "kategori": null, "alamat": "Jl. Mawar", "more": 1})));
        assert!(shape.fits(&json!({"intent": "THANKS", "kategori": "sampah"})));
        for bad in [
            json!([]),
            json!({}),
            json!({"intent": "DROP TABLE", "kategori": null, "alamat": null}),
            json!({"intent": "THANKS", "kategori": "istana", "alamat": null}),
            json!({"intent": "THANKS", "kategori": null, "alamat": ["x"]}),
            json!({"intent": 1}),
        ] {
            assert!(!shape.fits(&bad), "{bad}");
        }
    }

    #[test]
    fn schemas_are_what_vendors_know() {
        let schema = serde_json::to_value(shape().json_schema()).expect("JSON");
        assert_eq!(schema["properties"]["intent"], json!({"type": "string", "enum": ["GREETING", "THANKS"]}));
        assert_eq!(schema["required"], json!(["intent", "kategori", "alamat"]));
        let schema = serde_json::to_value(shape().openapi_schema()).expect("JSON");
        assert_eq!(schema["properties"]["kategori"], json!({"type": "STRING", "enum": ["sampah"], "nullable": true}));
    }

    #[test]
    fn an_object_is_found_in_a_fence() {
        assert_eq!(object_in("```json\n{\"a\": 1}\n```"), Some(json!({"a": 1})));
        assert_eq!(object_in("{\"a\": "), None);
        assert_eq!(object_in("} {"), None);
    }
}
