//! `/settings`: what the office sets for itself. Saved whole, with the version that the person saw; every service hears
//! of it as `office.updated`.

pub mod form;
pub mod http;
pub mod page;
