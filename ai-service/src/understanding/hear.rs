//! A citizen's text, understood with all that may be known around it.
//!
//! Called by `turns` and `process` before any lock is held: outside models take their time. Without outside models this
//! is the built-in reading with the office's own area names.

use std::sync::LazyLock;
use std::time::Duration;

use contracts::{Category, ComplaintNumber, ConversationId, OfficeId};
use platform::bus::HandlerError;
use regex::Regex;
use serde_json::Value;

use super::{Heard, Understood, store};
use crate::privacy::names::{self, Whose};
use crate::providers::Asker;
use crate::{App, categories};

/// Who says it, and how long may be thought about it.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    pub whose: Whose<'a>,
    pub conversation: Option<ConversationId>,
    /// For the whole turn, its answer's wording included.
    pub patience: Duration,
}

/// What a model is told of the conversation: words of the program, and complaints' numbers.
#[derive(Debug, Default)]
struct Around {
    question: Option<&'static str>,
    numbers: Vec<ComplaintNumber>,
    categories: Vec<(Category, String)>,
}

/// Understands a text in time, whatever the models do; kelurahan and kecamatan in the spelling that the office loaded.
pub async fn hear(app: &App, speaker: Speaker<'_>, text: &str) -> Understood {
    let mut understood = heard(app, speaker, text).await;
    match app.areas.of(&app.ctx, speaker.whose.office).await {
        Ok(areas) => areas.fill(text, &mut understood.entities),
        Err(error) => tracing::warn!(?error, "the office's areas are not known"),
    }
    understood
}

async fn heard(app: &App, speaker: Speaker<'_>, text: &str) -> Understood {
    if app.models.is_empty() {
        return app.understanding.understand(text).await;
    }
    let asker = Asker { office: speaker.whose.office, budget: app.models.half_turn(speaker.patience) };
    let known = async {
        let names = names::known(app, speaker.whose, text).await?;
        Ok::<_, HandlerError>((names, around(app, speaker.whose.office, speaker.conversation).await?))
    };
    match known.await {
        Ok((names, around)) => {
            let Around { question, numbers, categories } = around;
            let heard = Heard { text, asker: Some(asker), question, names, categories, numbers };
            app.understanding.understand(heard).await
        }
        Err(error) => {
            // Names that are not known can't be hidden.
            tracing::warn!(?error, "names are not known: no model is asked");
            app.understanding.understand(text).await
        }
    }
}

async fn around(app: &App, office: OfficeId, conversation: Option<ConversationId>) -> Result<Around, HandlerError> {
    let categories = categories::of(app, office).await?;
    let categories = categories.offered(&[]).into_iter().map(|own| (own.key.clone(), own.name.clone())).collect();
    let mut tx = app.ctx.db.office(office).await?;
    let state = match conversation {
        Some(conversation) => store::state(&mut tx, office, conversation).await?.unwrap_or_default(),
        None => Value::Null,
    };
    tx.commit().await?;
    let question = state.pointer("/state/name").and_then(Value::as_str).and_then(question);
    Ok(Around { question, numbers: numbers(&state), categories })
}

/// What the assistant asked last, by where the conversation stands.
fn question(state: &str) -> Option<&'static str> {
    Some(match state {
        "collecting" => "Asisten menanyakan bagian laporan yang belum ada: masalahnya, kategorinya, atau lokasinya.",
        "confirming" => "Asisten menunjukkan laporan yang lengkap dan bertanya apakah sudah benar dan boleh dikirim.",
        "editing" => "Asisten bertanya bagian mana dari laporan yang ingin diubah.",
        "cancelling" => "Asisten bertanya apakah laporan itu benar-benar ingin dibatalkan.",
        _ => return None,
    })
}

/// The complaints that a conversation's state speaks of.
fn numbers(state: &Value) -> Vec<ComplaintNumber> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"LAP-\d{8}-\d{3,9}").expect("a fixed pattern"));
    NUMBER.find_iter(&state.to_string()).filter_map(|found| found.as_str().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_model_is_told_the_numbers_of_the_conversation_and_no_word_of_its_draft() {
        let state = json!({"state": {"name": "cancelling", "number": "LAP-20261120-007"}, "failures": 0});
        assert_eq!(numbers(&state).iter().map(ToString::to_string).collect::<Vec<_>>(), ["LAP-20261120-007"]);
        assert!(question("cancelling").is_some() && question("idle").is_none());
    }
}
