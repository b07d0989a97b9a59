//! The complaint is complete: shown, changed, dropped, sent.

use contracts::intent::Intent;
use contracts::message::Reply;

use super::plan::{Move, Scene};
use super::state::{Dialogue, State};
use super::words::{self, table};
use super::{Answer, Attempt, Draft, Field, Step, aside, collect, correct, reading};

/// The complaint is shown and waits for a yes.
pub(super) fn confirming(scene: &Scene<'_>, draft: &Draft) -> Move {
    let Scene { turn, voice, .. } = *scene;
    if reading::drop_it(turn) {
        return dropped(scene);
    }
    // The office has a new question meanwhile: it is asked before anything is sent.
    if draft.missing().is_some() {
        return collect::proceed(scene, draft.clone(), None);
    }
    let state = State::Confirming { draft: draft.clone() };
    let question = words::confirm(voice, draft);
    if let Some(pending) = second_complaint(scene, draft) {
        let reply = words::then_back(&voice.say(&table::QUEUED), &question);
        let mut asked = Move::say(reply, state);
        asked.queued.push(pending);
        asked.queued.extend(turn.more.clone());
        return asked;
    }
    let mut new = draft.clone();
    let (changed, _) = collect::take_in(scene, &mut new);
    if reading::yes(turn) && !changed {
        return send(scene, draft);
    }
    if changed {
        return collect::proceed(scene, new, Some(voice.say(&table::CHANGED)));
    }
    if reading::no(turn) || turn.chosen("ubah").is_some() {
        return edit(scene, draft);
    }
    if let Some(aside) = aside::digression(scene, &state, &question) {
        return aside;
    }
    Move::not_caught(scene, &question, state)
}

/// A complaint about something else: not a change of the one that is shown.
fn second_complaint(scene: &Scene<'_>, draft: &Draft) -> Option<super::Pending> {
    let pending = collect::another(scene)?;
    if correct::is_one(&scene.turn.text) {
        return None;
    }
    let found = &scene.turn.understood.entities;
    let other_kind = found.kategori.as_ref().is_some_and(|key| draft.kategori.as_ref() != Some(key));
    let other_place = found.alamat.is_some() && found.alamat != draft.alamat;
    (other_kind || !other_place).then_some(pending)
}

/// Asks what to change, or goes there at once when the turn names it.
fn edit(scene: &Scene<'_>, draft: &Draft) -> Move {
    match reading::field(scene.turn, draft) {
        Some(field) => reask(scene, draft, &field),
        None => Move::say(words::what_to_change(scene.voice), State::Editing { draft: draft.clone() }),
    }
}

/// Forgets one field and asks for it.
fn reask(scene: &Scene<'_>, draft: &Draft, field: &Field) -> Move {
    let mut draft = draft.clone();
    draft.forget(field);
    let question = words::ask(scene.voice, field, &draft, &scene.facts.categories);
    Move::say(question, State::Collecting { draft, asked: field.clone() })
}

/// The citizen was asked what to change.
pub(super) fn editing(scene: &Scene<'_>, draft: &Draft) -> Move {
    let Scene { turn, voice, .. } = *scene;
    if reading::drop_it(turn) {
        return dropped(scene);
    }
    let categories = &scene.facts.categories;
    let changed = |new| collect::proceed(scene, new, Some(voice.say(&table::CHANGED)));
    let mut new = draft.clone();
    if collect::take_in(scene, &mut new).0 {
        return changed(new);
    }
    if let Some(field) = reading::field(turn, draft) {
        return reask(scene, draft, &field);
    }
    if reading::yes(turn) {
        return collect::proceed(scene, new, None);
    }
    if turn.choice().is_none()
        && let Some(category) = categories.named(&turn.text).map(|category| category.key.clone())
    {
        new.take_category(&category, categories);
        return changed(new);
    }
    let state = State::Editing { draft: draft.clone() };
    let question = words::what_to_change(voice);
    if let Some(aside) = aside::digression(scene, &state, &question) {
        return aside;
    }
    let described = turn.understood.entities.deskripsi.clone();
    if let Some(words_of_citizen) = described.filter(|_| turn.understood.intent == Some(Intent::CreateComplaint)) {
        new.describe(&words_of_citizen);
        new.forget_attempt();
        return changed(new);
    }
    Move { understood: false, ..Move::say(question, state) }
}

/// Nothing is sent; a complaint that waited is offered.
pub(super) fn dropped(scene: &Scene<'_>) -> Move {
    let reply = words::dropped(scene.voice);
    let (reply, offer) = with_next(scene.voice, reply, scene.before);
    let mut dropped = Move::say(reply, State::Idle).meaning(Intent::CancelComplaint);
    dropped.offers = offer;
    dropped
}

/// Ends with the complaint that waits, if one does.
pub(super) fn with_next(voice: words::Voice<'_>, reply: Reply, dialogue: &Dialogue) -> (Reply, Option<super::Offer>) {
    match dialogue.waiting.first() {
        Some(next) => (words::then_back(&reply.text, &words::next_one(voice, &next.text)), Some(super::Offer::Next)),
        None => (reply, None),
    }
}

/// The one way to a ticket: the citizen said yes to what was shown.
fn send(scene: &Scene<'_>, draft: &Draft) -> Move {
    let mut draft = draft.clone();
    let attempt = Attempt { key: format!("{}:0", scene.facts.turn_id), turn_id: scene.facts.turn_id };
    // An earlier try whose outcome is unknown is repeated, not made anew.
    draft.attempt.get_or_insert(attempt);
    let retry = Dialogue { state: State::Confirming { draft: draft.clone() }, ..Dialogue::default() };
    let summary = words::summary("deadline", &scene.turn.text, scene.before, Some(&draft), &scene.facts.texts);
    let categories = Box::new(scene.facts.categories.clone());
    let step = Step::CreateComplaint { draft: Box::new(draft) };
    Move::act(step, Answer::Created { retry: Box::new(retry), summary, categories }, State::Idle)
        .meaning(Intent::Confirm)
}
