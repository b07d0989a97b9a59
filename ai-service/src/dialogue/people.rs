//! Calling a person: asked for, out of anger, for what is not the office's, and after repeated failure.
//!
//! What must stay true: what was under way waits, the person gets a summary, and a citizen who is waiting is told so
//! rather than passed on again and again.

use chrono::Duration;
use contracts::intent::Intent;

use super::mood::Authority;
use super::plan::{Move, Scene};
use super::{Answer, Offer, State, reading, words};

/// A person must be meant: below this, words are something else.
const SURE: f64 = 0.5;
/// For so long a second wish for a person is the same wish.
const SAME_CALL: Duration = Duration::minutes(15);

/// The citizen wants a person: by button, by words, or by a yes to the offer of one.
pub(super) fn wanted(scene: &Scene<'_>) -> Option<Move> {
    let turn = scene.turn;
    let understood = &turn.understood;
    let untapped = turn.choice().is_none();
    let asked = untapped && understood.intent == Some(Intent::HumanHandoff) && understood.confidence >= SURE
        // "tadi sudah sama petugas" speaks of a person and wants none.
        && !reading::settled(turn);
    let accepted = scene.before.offered == Some(Offer::Person)
        && scene.before.state == State::Idle
        && untapped
        && reading::yes(turn);
    (asked || accepted || turn.choice() == Some("petugas")).then(|| requested(scene))
}

/// The citizen asked for a person.
pub(super) fn requested(scene: &Scene<'_>) -> Move {
    let state = scene.before.state.clone();
    let waits = scene.before.called_at.is_some_and(|at| scene.facts.now < at + SAME_CALL);
    let text = if waits {
        words::person_waits(scene.voice, scene.facts)
    } else {
        words::person_comes(scene.voice, scene.facts)
    };
    call(scene, "requested", text, state).meaning(Intent::HumanHandoff)
}

/// An angry citizen is not answered by a machine.
pub(super) fn angry(scene: &Scene<'_>) -> Move {
    call(scene, "anger", words::anger(scene.voice, scene.facts), scene.before.state.clone())
}

/// Somebody else's matter: where to turn to, and a person who can explain.
pub(super) fn beyond_us(scene: &Scene<'_>, authority: Authority) -> Move {
    let state = match &scene.before.state {
        // A complaint without a word yet was going to be this one.
        State::Collecting { draft, .. } if draft.deskripsi.is_none() => State::Idle,
        other => other.clone(),
    };
    call(scene, "out_of_authority", words::beyond_us(scene.voice, authority), state)
}

/// A person takes over; what was under way waits.
pub(super) fn call(scene: &Scene<'_>, reason: &str, text: String, state: State) -> Move {
    let draft = state.draft().or_else(|| scene.before.state.draft());
    let summary = words::summary(reason, &scene.turn.text, scene.before, draft, &scene.facts.texts);
    Move::hand_over(Answer::Handoff { reason: reason.to_owned(), summary, text }, state)
}
