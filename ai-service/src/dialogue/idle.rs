//! Nothing is under way: begin what the citizen wants.

use contracts::intent::Intent;

use super::plan::{Move, Scene, Waiting};
use super::state::{Offer, State};
use super::words::{self, table};
use super::{Draft, Turn, aside, collect, follow, people, reading, status, wordless};
use crate::understanding::Understood;

/// Begins what the citizen wants.
pub(super) fn idle(scene: &Scene<'_>) -> Move {
    let Scene { turn, voice, .. } = *scene;
    if let Some(chosen) = tapped(scene) {
        return chosen;
    }
    if scene.before.offered == Some(Offer::Next)
        && let Some(next) = offered_next(scene)
    {
        return next;
    }
    if let Some(answer) = follow::answer_to_officers(scene) {
        return answer;
    }
    if !turn.has_words() {
        return wordless::idle(scene);
    }
    if let Some(odd) = wordless::link_or_broadcast(scene) {
        return Move::say(odd, State::Idle);
    }
    let understood = &turn.understood;
    let menu = |text| Move::say(words::with_menu(voice, text), State::Idle);
    match understood.intent {
        Some(Intent::CancelComplaint) => status::cancel(scene),
        _ if follow::meant(scene) => follow::follow_up(scene),
        Some(Intent::CreateComplaint) => collect::begin(scene, Draft::default()),
        None if looks_like_complaint(understood) => collect::begin(scene, Draft::default()),
        _ if understood.entities.complaint_id.is_some() => status::by_number(scene, None),
        Some(Intent::CheckStatus) => status::latest(scene, None),
        Some(Intent::ComplaintHistory) => status::latest(scene, None).meaning(Intent::ComplaintHistory),
        Some(Intent::UpdateComplaint) => follow::follow_up(scene),
        Some(Intent::Greeting) => Move::say(words::greeting(voice, scene.facts, &turn.text), State::Idle),
        Some(Intent::Thanks) => Move::say(contracts::message::Reply::text(voice.say(&table::WELCOME)), State::Idle),
        Some(Intent::KnowledgeQuery) => aside::knowledge(scene),
        _ if aside::is_known(scene) => aside::knowledge(scene),
        // Again and again it is no conversation: then a person is called.
        Some(Intent::OutOfScope) => Move { understood: false, ..menu(&table::OUT_OF_SCOPE) },
        Some(Intent::Confirm | Intent::Deny) => menu(&table::WHAT_NEXT),
        Some(Intent::HumanHandoff) => people::requested(scene),
        None => Move { understood: false, ..menu(&table::NOT_UNDERSTOOD) },
    }
}

fn looks_like_complaint(understood: &Understood) -> bool {
    understood.guess == Intent::CreateComplaint && understood.entities.kategori.is_some()
}

/// A button or a row.
pub(super) fn tapped(scene: &Scene<'_>) -> Option<Move> {
    let turn = scene.turn;
    let number = |prefix| turn.chosen(prefix).and_then(|number| number.parse().ok());
    if let Some(number) = number("cabut") {
        return Some(status::ask_cancel(number).meaning(Intent::CancelComplaint));
    }
    if let Some(number) = number("lihat") {
        return Some(status::find(number, None).meaning(Intent::CheckStatus));
    }
    if let Some(number) = number("tambah") {
        return Some(follow::begin_adding(scene, number));
    }
    if let Some(number) = number("ikut") {
        return Some(follow::look_at(scene, number));
    }
    match turn.choice()? {
        "lapor" => Some(collect::begin(scene, Draft::default()).meaning(Intent::CreateComplaint)),
        "status" => Some(status::latest(scene, None).meaning(Intent::CheckStatus)),
        "lainnya" => Some(follow::choose(scene)),
        _ => None,
    }
}

/// The next of several complaints was offered.
fn offered_next(scene: &Scene<'_>) -> Option<Move> {
    let next = scene.before.waiting.first()?;
    if reading::yes(scene.turn) {
        let turn = Turn::words(&next.text, next.understood.clone());
        let scene = Scene { turn: &turn, ..*scene };
        let mut begun = collect::begin(&scene, Draft::default()).meaning(Intent::CreateComplaint);
        begun.waiting = Waiting::FirstTaken;
        return Some(begun);
    }
    let refused = reading::no(scene.turn) || reading::drop_it(scene.turn);
    refused.then(|| Move {
        waiting: Waiting::Dropped,
        ..Move::say(words::with_menu(scene.voice, &table::NEXT_DROPPED), State::Idle).meaning(Intent::Deny)
    })
}
