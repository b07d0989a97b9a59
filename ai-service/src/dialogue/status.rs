//! Complaints that were sent: their status, and the wish to cancel one.

use contracts::ComplaintNumber;
use contracts::intent::Intent;
use contracts::message::Reply;

use super::plan::{Move, Scene};
use super::words::{self, table};
use super::{Answer, State, Step, aside, idle, reading};

/// The status of the complaint whose number was given.
pub(super) fn by_number(scene: &Scene<'_>, resume: Option<Reply>) -> Move {
    match scene.turn.understood.entities.complaint_id {
        Some(number) => find(number, resume).meaning(Intent::CheckStatus),
        None => latest(scene, resume),
    }
}

/// One complaint.
pub(super) fn find(number: ComplaintNumber, resume: Option<Reply>) -> Move {
    Move::act(Step::FindComplaint { number }, Answer::Status { resume }, State::Idle)
}

/// The citizen's latest complaints.
pub(super) fn latest(_scene: &Scene<'_>, resume: Option<Reply>) -> Move {
    Move::act(Step::LatestComplaints, Answer::Latest { resume }, State::Idle)
}

/// The citizen wants to cancel a complaint.
pub(super) fn cancel(scene: &Scene<'_>) -> Move {
    match scene.turn.understood.entities.complaint_id {
        Some(number) => ask_cancel(number),
        None => Move::act(Step::LatestComplaints, Answer::ChooseCancel, State::Idle),
    }
}

/// Asks whether they mean it, if it is theirs and can be cancelled.
pub(super) fn ask_cancel(number: ComplaintNumber) -> Move {
    Move::act(Step::FindComplaint { number }, Answer::AskCancel, State::Idle)
}

/// They were asked whether they mean it.
pub(super) fn cancelling(scene: &Scene<'_>, number: ComplaintNumber) -> Move {
    let Scene { turn, voice, .. } = *scene;
    let state = State::Cancelling { number };
    let question = words::sure_to_cancel(voice, number);
    if let Some(other) = turn.understood.entities.complaint_id.filter(|other| *other != number) {
        return match turn.understood.intent {
            Some(Intent::CancelComplaint) => ask_cancel(other),
            _ => by_number(scene, None),
        };
    }
    let again = turn.choice().is_none() && turn.understood.intent == Some(Intent::CancelComplaint);
    if reading::yes(turn) || again && !reading::no(turn) {
        return Move::act(Step::CancelComplaint { number }, Answer::Cancelled { number }, State::Idle)
            .meaning(Intent::Confirm);
    }
    if reading::no(turn) || turn.choice() == Some("batal") {
        let text = words::numbered(voice, &table::NOT_CANCELLED, number);
        return Move::say(Reply::text(text), State::Idle).meaning(Intent::Deny);
    }
    // A new complaint or a tap on a menu is an answer, too: not this.
    if turn.understood.intent == Some(Intent::CreateComplaint) || turn.choice().is_some() {
        return idle::idle(scene);
    }
    aside::digression(scene, &state, &question).unwrap_or_else(|| Move::not_caught(scene, &question, state))
}
