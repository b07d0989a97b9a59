//! What an office takes complaints about: names, times, questions. Every office starts with thirteen, written when it is
//! first used, and renames, adds and retires them. Every change is told as `category.updated`, whole.
//!
//! The pure parts: [`built_in`] (what an office starts with), [`definition`] (what it may write), [`answers`] (what
//! citizens may answer).

pub mod answers;
pub mod built_in;
pub mod definition;
pub mod http;
pub mod store;

use contracts::Category;
use contracts::category::{CategoryField, Sla};

/// A category that new complaints may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCategory {
    pub key: Category,
    pub name: String,
    pub sla: Sla,
    pub fields: Vec<CategoryField>,
}
