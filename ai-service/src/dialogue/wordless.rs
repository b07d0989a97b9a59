//! Turns without a word to go by: pictures, voice notes, stickers, links, chain messages.

use std::sync::LazyLock;

use contracts::intent::Intent;
use contracts::message::Reply;
use regex::Regex;

use super::plan::{Move, Scene};
use super::state::State;
use super::words::{self, table};
use super::{Draft, Field, collect};

static LINK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)\b(?:https?://|www\.)\S+").expect("a fixed pattern"));
static MAP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(maps\.app\.goo\.gl|goo\.gl/maps|google\.[a-z.]+/maps|maps\.google|waze\.com|openstreetmap\.org)")
        .expect("a fixed pattern")
});
static CHAIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(sebarkan|sebarluaskan|viralkan|teruskan (pesan|ke)|forward(ed)? (ke|to|as|many)|share ke|bagikan ke (semua|grup|teman)|kirim(kan)? ke (semua )?(grup|group|kontak)|copas|info (dari|valid) grup|diteruskan berkali)",
    )
    .expect("a fixed pattern")
});
/// A chain message is longer than what people type.
const LONG: usize = 120;

/// Pictures without a word become a person's matter after so many turns.
const PATIENCE: u8 = 2;

/// Nothing is under way, and nothing was written.
pub(super) fn idle(scene: &Scene<'_>) -> Move {
    let Scene { turn, voice, .. } = *scene;
    if turn.location.is_some() || !turn.media.is_empty() {
        return collect::begin(scene, Draft::default()).meaning(Intent::CreateComplaint);
    }
    if turn.sticker || !turn.text.trim().is_empty() {
        return Move::say(words::with_menu(voice, &table::STICKER), State::Idle);
    }
    Move::say(words::with_menu(voice, &table::UNREADABLE), State::Idle)
}

/// Stickers, emoji and unreadable kinds in the middle of something. `None`: there is something in it.
pub(super) fn aside(scene: &Scene<'_>) -> Option<String> {
    let turn = scene.turn;
    if turn.location.is_some() || !turn.media.is_empty() || turn.voice || turn.thumb_up() {
        return None;
    }
    let text = if turn.sticker || !turn.text.trim().is_empty() {
        "🙏".to_owned()
    } else {
        scene.voice.say(&table::UNREADABLE)
    };
    Some(text)
}

/// What to say to pictures and voice notes before asking on.
pub(super) fn kept(scene: &Scene<'_>, first_turn: bool) -> Option<String> {
    let Scene { turn, voice, before, .. } = *scene;
    if turn.has_words() || turn.media.is_empty() {
        return None;
    }
    if turn.voice {
        return Some(voice.say(&table::VOICE));
    }
    Some(voice.say(if first_turn && before.wordless == 0 { &table::MEDIA_RECEIVED } else { &table::MEDIA_KEPT }))
}

/// Pictures or voice notes again and again, while words are needed: the way to a person.
pub(super) fn again(scene: &Scene<'_>, draft: &Draft) -> Option<Reply> {
    let Scene { turn, voice, before, .. } = *scene;
    let only_media = !turn.has_words() && turn.choice().is_none() && !turn.media.is_empty();
    let words_needed = draft.missing() == Some(Field::Deskripsi);
    (only_media && words_needed && before.wordless >= PATIENCE).then(|| words::media_again(voice, draft.media.len()))
}

/// A bare link, or a chain message: neither is a complaint.
pub(super) fn link_or_broadcast(scene: &Scene<'_>) -> Option<Reply> {
    let Scene { turn, voice, before, .. } = *scene;
    if turn.choice().is_some() {
        return None;
    }
    let text = &turn.text;
    if CHAIN.is_match(text) && (text.chars().count() >= LONG || LINK.is_match(text)) {
        return Some(words::with_menu(voice, &table::BROADCAST));
    }
    let rest = LINK.replace_all(text, "");
    let bare = LINK.is_match(text) && rest.chars().filter(|c| c.is_alphabetic()).count() < 8;
    if !bare {
        return None;
    }
    let asked_where = matches!(&before.state, State::Collecting { asked: Field::Alamat, .. });
    if MAP.is_match(text) {
        let location = !asked_where;
        return Some(Reply { text: voice.say(&table::MAP_LINK), request_location: location, ..Reply::default() });
    }
    Some(Reply::text(voice.say(&table::LINK)))
}
