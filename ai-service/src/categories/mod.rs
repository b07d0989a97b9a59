//! What an office takes complaints about, as case-service tells it: names, order, questions.
//!
//! A replica: `category.updated` changes it, and the first turn of an office that is not known yet asks case-service
//! for the whole list ([`of`]). What must stay true: a retired category is never offered, and without case-service the
//! built-in ones serve.

pub mod events;
mod load;
pub mod store;

use contracts::Category;
use contracts::category::CategoryField;
use serde::{Deserialize, Serialize};

pub use load::{of, whole};

use crate::understanding::normalize;

/// The one that is always there and takes what fits nowhere.
const OTHER: &str = "lainnya";

/// So many of the likeliest come before the office's own order.
const LIKELY: usize = 4;

/// One of an office's categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeCategory {
    pub key: Category,
    pub name: String,
    pub active: bool,
    pub position: i32,
    #[serde(default)]
    pub fields: Vec<CategoryField>,
    pub version: i64,
}

/// An office's categories, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Categories(Vec<OfficeCategory>);

impl Default for Categories {
    /// The built-in ones, which ask nothing of their own.
    fn default() -> Self {
        let built_in = contracts::complaint::BUILT_IN_CATEGORIES.iter().zip(0..);
        Self(
            built_in
                .map(|((key, name), position)| OfficeCategory {
                    key: Category::from(*key),
                    name: (*name).to_owned(),
                    active: true,
                    position,
                    fields: Vec::new(),
                    version: 0,
                })
                .collect(),
        )
    }
}

impl Categories {
    /// In the office's order.
    pub fn new(mut list: Vec<OfficeCategory>) -> Self {
        list.sort_by(|a, b| (a.position, &a.key).cmp(&(b.position, &b.key)));
        Self(list)
    }

    /// The built-in ones, with what is known of the office's own over them.
    #[must_use]
    pub fn over_built_in(known: Vec<OfficeCategory>) -> Self {
        let Self(mut list) = Self::default();
        list.retain(|built_in| known.iter().all(|category| category.key != built_in.key));
        list.extend(known);
        Self::new(list)
    }

    fn active(&self) -> impl Iterator<Item = &OfficeCategory> {
        self.0.iter().filter(|category| category.active)
    }

    /// How many are offered.
    pub fn len(&self) -> usize {
        self.active().count()
    }

    /// Whether nothing is offered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The category of this key, if complaints are taken in it.
    pub fn get(&self, key: &Category) -> Option<&OfficeCategory> {
        self.active().find(|category| category.key == *key)
    }

    /// Where a complaint goes that fits nowhere else.
    pub fn other(&self) -> Option<&OfficeCategory> {
        self.get(&Category::from(OTHER)).or_else(|| self.active().last())
    }

    /// All that are offered: the likeliest first, then the office's order, "lainnya" last.
    pub fn offered(&self, likely: &[Category]) -> Vec<&OfficeCategory> {
        let other = Category::from(OTHER);
        let mut offered: Vec<&OfficeCategory> = Vec::new();
        let guesses = likely.iter().take(LIKELY).filter(|key| **key != other).filter_map(|key| self.get(key));
        for category in guesses.chain(self.active().filter(|category| category.key != other)).chain(self.get(&other)) {
            if !offered.iter().any(|known| known.key == category.key) {
                offered.push(category);
            }
        }
        offered
    }

    /// The category that a text names ("jalan rusak", "Lampu Jalan").
    pub fn named(&self, text: &str) -> Option<&OfficeCategory> {
        let line = normalize::line(text);
        let is = |name: &str| !line.is_empty() && normalize::line(name) == line;
        self.active().find(|category| is(&category.name) || is(&category.key.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(key: &str, name: &str, active: bool, position: i32) -> OfficeCategory {
        OfficeCategory { key: key.into(), name: name.to_owned(), active, position, fields: Vec::new(), version: 1 }
    }

    #[test]
    fn an_offices_own_are_offered_and_retired_ones_are_not() {
        let categories = Categories::over_built_in(vec![
            category("wisata", "Wisata pantai", true, 1),
            category("sampah", "Kebersihan", true, 2),
            category("pohon", "Pohon", false, 3),
        ]);
        let offered: Vec<&str> = categories.offered(&["sampah".into()]).iter().map(|c| c.name.as_str()).collect();
        assert_eq!(offered.first(), Some(&"Kebersihan"), "the likeliest, under the office's name");
        assert!(offered.contains(&"Wisata pantai") && !offered.contains(&"Pohon") && !offered.contains(&"Sampah"));
        assert_eq!(offered.last(), Some(&"Lainnya"));
        assert_eq!(categories.named("wisata pantai").map(|c| c.key.0.as_str()), Some("wisata"));
        assert!(categories.get(&"pohon".into()).is_none());
    }
}
