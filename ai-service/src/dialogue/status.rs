//! Complaints that were sent: their status, the wish to cancel one, the wish for more.

use contracts::ComplaintNumber;
use contracts::intent::Intent;
use contracts::message::Reply;

use super::plan::{Move, Scene, digression, idle};
use super::{Answer, State, Step, reading, words};

/// The status of the complaint whose number was given.
pub(super) fn by_number(scene: &Scene<'_>, resume: Option<Reply>) -> Move {
    match scene.turn.understood.entities.complaint_id {
        Some(number) => Move::act(Step::FindComplaint { number }, Answer::Status { resume }, State::Idle)
            .meaning(Intent::CheckStatus),
        None => latest(scene, resume, false),
    }
}

/// The citizen's latest complaints.
pub(super) fn latest(_scene: &Scene<'_>, resume: Option<Reply>, follow_up: bool) -> Move {
    Move::act(Step::LatestComplaints, Answer::Latest { resume, follow_up }, State::Idle)
}

/// The citizen is not content, or wants to add something: show where it stands and offer a person.
pub(super) fn follow_up(scene: &Scene<'_>) -> Move {
    match scene.turn.understood.entities.complaint_id {
        Some(_) => by_number(scene, None).meaning(Intent::UpdateComplaint),
        None => latest(scene, None, true),
    }
    .offering_person()
}

/// The citizen wants to cancel a complaint.
pub(super) fn cancel(scene: &Scene<'_>) -> Move {
    match scene.turn.understood.entities.complaint_id {
        Some(number) => ask_cancel(scene, number),
        None => Move::act(Step::LatestComplaints, Answer::ChooseCancel, State::Idle),
    }
}

/// Asks whether they mean it, if it is theirs and can be cancelled.
pub(super) fn ask_cancel(_scene: &Scene<'_>, number: ComplaintNumber) -> Move {
    Move::act(Step::FindComplaint { number }, Answer::AskCancel, State::Idle)
}

/// They were asked whether they mean it.
pub(super) fn cancelling(scene: &Scene<'_>, number: ComplaintNumber) -> Move {
    let turn = scene.turn;
    let state = State::Cancelling { number };
    let question = words::sure_to_cancel(scene.english, number);
    if let Some(other) = turn.understood.entities.complaint_id.filter(|other| *other != number) {
        return match turn.understood.intent {
            Some(Intent::CancelComplaint) => ask_cancel(scene, other),
            _ => by_number(scene, None),
        };
    }
    let again = turn.choice().is_none() && turn.understood.intent == Some(Intent::CancelComplaint);
    if reading::yes(turn) || again && !reading::no(turn) {
        return Move::act(Step::CancelComplaint { number }, Answer::Cancelled { number }, State::Idle)
            .meaning(Intent::Confirm);
    }
    if reading::no(turn) || turn.choice() == Some("batal") {
        return Move::say(words::not_cancelled(scene.english, number), State::Idle).meaning(Intent::Deny);
    }
    // A new complaint or a tap on a menu is an answer, too: not this.
    if turn.understood.intent == Some(Intent::CreateComplaint) || turn.choice().is_some() {
        return idle(scene);
    }
    digression(scene, &state, &question).unwrap_or_else(|| Move {
        understood: false,
        ..Move::say(words::then_back(&words::not_caught(scene.english), &question), state)
    })
}
