//! A question, a greeting, a word of thanks in the middle of something: answered, then back to exactly what was open.

use contracts::intent::Intent;
use contracts::message::Reply;

use super::facts::Knowledge;
use super::plan::{Move, Scene};
use super::state::{Offer, State};
use super::words::{self, table};
use super::{reading, status, wordless};
use crate::personal;

/// A digression must be meant: below this, words are an answer to the question that was asked.
const SURE: f64 = 0.5;

/// An aside while something is under way: answer it, then come back to `resume`. `None`: it is no aside.
pub(super) fn digression(scene: &Scene<'_>, state: &State, resume: &Reply) -> Option<Move> {
    let Scene { turn, voice, .. } = *scene;
    let understood = &turn.understood;
    let stay = |other: Move| Some(Move { state: state.clone(), ..other });
    if turn.choice() == Some("status") {
        return stay(status::latest(scene, Some(resume.clone())));
    }
    if let Some(number) = turn.chosen("lihat").and_then(|number| number.parse().ok()) {
        return stay(status::find(number, Some(resume.clone())));
    }
    if turn.choice().is_some_and(of_another_time) {
        let first = voice.say(&table::FINISH_FIRST);
        return stay(Move::say(words::then_back(&first, resume), State::Idle));
    }
    let back = |first: &str| stay(Move::say(words::then_back(first, resume), State::Idle));
    if turn.choice().is_none() {
        if !turn.has_words() {
            return wordless::aside(scene).and_then(|first| back(&first));
        }
        if let Some(odd) = wordless::link_or_broadcast(scene) {
            return back(&odd.text);
        }
    }
    // What was looked up was asked, even where the intent is not clear.
    let asked = turn.text.contains('?') && scene.facts.knowledge != Knowledge::NotAsked;
    if asked && understood.intent.is_none_or(|intent| intent == Intent::OutOfScope) {
        return known_aside(scene, state, resume);
    }
    // A tapped title is no text to interpret.
    let intent = understood.intent.filter(|_| turn.choice().is_none() && understood.confidence >= SURE)?;
    match intent {
        _ if understood.entities.complaint_id.is_some() => stay(status::by_number(scene, Some(resume.clone()))),
        Intent::CheckStatus | Intent::ComplaintHistory => stay(status::latest(scene, Some(resume.clone()))),
        Intent::UpdateComplaint if reading::still_broken(turn) => stay(status::latest(scene, Some(resume.clone()))),
        Intent::Greeting => back(&words::short_greeting(voice, scene.facts, &turn.text)),
        Intent::Thanks => back(&voice.say(&table::WELCOME)),
        Intent::KnowledgeQuery => known_aside(scene, state, resume),
        // A word or two are an answer that the model does not know.
        Intent::OutOfScope if turn.text.split_whitespace().count() > 3 || turn.text.contains('?') => {
            back(&voice.say(&table::OUT_OF_SCOPE))
        }
        _ => None,
    }
}

/// The answer to a question, then what was open.
fn known_aside(scene: &Scene<'_>, state: &State, resume: &Reply) -> Option<Move> {
    let answered = knowledge(scene);
    let super::Answer::Say { reply } = &answered.answer else { return None };
    let reply = words::then_back(&reply.text, resume);
    Some(Move { answer: super::Answer::Say { reply }, state: state.clone(), offers: None, ..answered })
}

/// Buttons that belong to an answer of another time.
fn of_another_time(choice: &str) -> bool {
    ["tambah:", "ikut:", "cabut:", "lainnya"].iter().any(|prefix| choice.starts_with(prefix))
}

/// Whether the office's documents answer the turn.
pub(super) fn is_known(scene: &Scene<'_>) -> bool {
    matches!(scene.facts.knowledge, Knowledge::Found { .. })
}

/// What the office's documents say, with its source; or honestly that they do not say.
pub(super) fn knowledge(scene: &Scene<'_>) -> Move {
    match &scene.facts.knowledge {
        Knowledge::Found { answer, cited, sources } => {
            let text = words::knowledge(scene.voice, answer, cited);
            let mut found = Move::say(Reply::text(text), State::Idle).meaning(Intent::KnowledgeQuery);
            found.sources.clone_from(sources);
            found
        }
        Knowledge::NotAsked | Knowledge::Unanswerable => {
            let mut unknown = Move::say(words::not_known(scene.voice), State::Idle).offering(Offer::Person);
            unknown.unanswered = Some(personal::for_ticket(&scene.turn.text));
            unknown
        }
    }
}
