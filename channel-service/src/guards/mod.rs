//! What keeps a citizen's flood or abuse from spending everybody's attention, without losing a word of it.

pub mod flood;
