//! The understanding that needs no network: the shipped model for intent and category, the grammar for the rest.

use contracts::Category;
use contracts::intent::Intent;

use super::grammar;
use super::model::{Model, features};
use super::{Understood, signals};

/// The word in `AI_PROVIDERS`.
pub const NAME: &str = "builtin";

/// Below this the intent is "not sure". On the held-out texts, what lies below is wrong more often than right.
const SURE_OF_INTENT: f64 = 0.45;
/// Below this the category is asked for.
const SURE_OF_CATEGORY: f64 = 0.42;

/// The built-in provider.
#[derive(Debug)]
pub struct Builtin {
    model: Model,
}

impl Builtin {
    /// With the model that was trained from `model/` and is part of the program.
    pub fn shipped() -> Self {
        Self { model: Model::shipped() }
    }

    /// With another model, such as one that is being measured.
    pub fn with(model: Model) -> Self {
        Self { model }
    }

    /// Understands a text. Pure: equal texts are understood equally.
    pub fn read(&self, text: &str) -> Understood {
        let found = grammar::read(text);
        let features = features::of(text, &found);
        let intents = self.model.intents(&features.intent);
        let categories = self.model.categories(&features.category);
        // Without a word there is nothing to go by: the probabilities would be those of an empty text.
        let words = text.chars().any(char::is_alphanumeric);
        let (guess, confidence) = intents.first().copied().filter(|_| words).unwrap_or((Intent::OutOfScope, 0.0));
        let intent = (confidence >= SURE_OF_INTENT).then_some(guess);

        let about_a_problem = matches!(guess, Intent::CreateComplaint | Intent::UpdateComplaint) || intent.is_none();
        let kategori = categories
            .first()
            .filter(|(_, probability)| about_a_problem && *probability >= SURE_OF_CATEGORY)
            .map(|(category, _)| Category::from(*category));
        let mut entities = found.entities();
        entities.deskripsi =
            if guess == Intent::CreateComplaint { found.description(kategori.is_some()) } else { None };
        // Without a word on the problem ("mau lapor"), there is nothing that a category could come from.
        entities.kategori =
            if entities.deskripsi.is_some() || guess != Intent::CreateComplaint { kategori } else { None };
        Understood {
            intent,
            guess,
            confidence,
            entities,
            intents: intents.clone(),
            categories: categories.iter().map(|(category, p)| (Category::from(*category), *p)).collect(),
            danger: signals::danger(text),
            anonymous: signals::anonymous(text),
            confidential: signals::confidential(text),
            language: signals::language(text),
            provider: NAME.to_owned(),
        }
    }
}
