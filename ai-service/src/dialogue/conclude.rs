//! From the plan and what its steps brought to the end of the turn: the transition's second half.

use contracts::message::Reply;
use contracts::{ComplaintNumber, ComplaintStatus};

use super::{Answer, Conclusion, Dialogue, Handoff, Known, Plan, State, StepResult, words};

/// Ends a turn whose steps are all done.
pub fn conclude(plan: &Plan, results: &[StepResult]) -> Conclusion {
    let english = plan.next.english;
    let result = results.first();
    match &plan.answer {
        Answer::Say { reply } => said(plan, reply.clone(), "answered"),
        Answer::Handoff { reason, summary, text } => handed_off(plan.next.clone(), reason, summary, text.clone()),
        Answer::Created { retry, summary } => created(plan, result, retry, summary),
        Answer::Status { resume } => {
            let text = match result {
                Some(StepResult::Found { complaint }) => words::status(english, complaint),
                _ => words::no_such_complaint(english),
            };
            said(plan, back(text, resume.as_ref()), "status")
        }
        Answer::Latest { resume, follow_up } => {
            let known = listed(result);
            let text = if known.is_empty() {
                words::no_complaints(english)
            } else {
                words::latest(english, known, *follow_up)
            };
            let mut reply = back(text, resume.as_ref());
            if resume.is_none() {
                reply.buttons = words::after_status(english, known.is_empty());
            }
            said(plan, reply, "status")
        }
        Answer::AskCancel => match result {
            Some(StepResult::Found { complaint }) => ask_cancel(plan, complaint),
            _ => said(plan, Reply::text(words::no_such_complaint(english)), "status"),
        },
        Answer::ChooseCancel => choose_cancel(plan, listed(result)),
        Answer::Cancelled { number } => cancelled(plan, result, *number),
    }
}

/// Ends a turn whose steps can't be done before the citizen has waited too long: honestly, and nothing is lost.
pub fn give_up(plan: &Plan) -> Conclusion {
    let english = plan.next.english;
    let (next, summary, sent) = match &plan.answer {
        Answer::Created { retry, summary } => ((**retry).clone(), summary.clone(), true),
        _ => (plan.next.clone(), words::summary("deadline", "", plan.next.state.draft()), false),
    };
    handed_off(next, "deadline", &summary, words::system_away(english, sent))
}

fn said(plan: &Plan, reply: Reply, outcome: &str) -> Conclusion {
    Conclusion { reply, handoff: None, next: plan.next.clone(), complaint_id: None, outcome: outcome.to_owned() }
}

fn moved(plan: &Plan, reply: Reply, state: State, outcome: &str) -> Conclusion {
    let next = Dialogue { state, ..plan.next.clone() };
    Conclusion { reply, handoff: None, next, complaint_id: None, outcome: outcome.to_owned() }
}

fn handed_off(next: Dialogue, reason: &str, summary: &str, text: String) -> Conclusion {
    let handoff = Handoff { reason: reason.to_owned(), summary: summary.to_owned() };
    Conclusion {
        reply: Reply::text(text),
        handoff: Some(handoff),
        next,
        complaint_id: None,
        outcome: "handed_off".to_owned(),
    }
}

fn created(plan: &Plan, result: Option<&StepResult>, retry: &Dialogue, summary: &str) -> Conclusion {
    match result {
        Some(StepResult::Created { number, due_at }) => Conclusion {
            complaint_id: Some(*number),
            ..said(plan, words::created(plan.next.english, *number, *due_at), "complaint_created")
        },
        // It answered that it won't: the words stay, a person looks at it.
        _ => handed_off(retry.clone(), "repeated_failure", summary, words::not_accepted(plan.next.english)),
    }
}

fn back(text: String, resume: Option<&Reply>) -> Reply {
    match resume {
        Some(resume) => words::then_back(&text, resume),
        None => Reply::text(text),
    }
}

fn listed(result: Option<&StepResult>) -> &[Known] {
    match result {
        Some(StepResult::Listed { complaints }) => complaints,
        _ => &[],
    }
}

/// From these the citizen may cancel.
fn cancellable(status: ComplaintStatus) -> bool {
    matches!(status, ComplaintStatus::Baru | ComplaintStatus::Terverifikasi | ComplaintStatus::MenungguWarga)
}

fn ask_cancel(plan: &Plan, complaint: &Known) -> Conclusion {
    let english = plan.next.english;
    if complaint.details.is_none() {
        // Somebody else's: not theirs to cancel, and nothing more is said about it.
        return said(plan, Reply::text(words::not_yours(english)), "refused");
    }
    if !cancellable(complaint.status) {
        return said(plan, words::too_late_to_cancel(english, complaint), "refused");
    }
    moved(
        plan,
        words::sure_to_cancel(english, complaint.number),
        State::Cancelling { number: complaint.number },
        "asked",
    )
}

fn choose_cancel(plan: &Plan, known: &[Known]) -> Conclusion {
    let english = plan.next.english;
    let open: Vec<&Known> = known.iter().filter(|complaint| cancellable(complaint.status)).collect();
    match open.as_slice() {
        [] => said(plan, Reply::text(words::nothing_to_cancel(english)), "answered"),
        [only] => ask_cancel(plan, only),
        several => said(plan, words::which_to_cancel(english, several), "asked"),
    }
}

fn cancelled(plan: &Plan, result: Option<&StepResult>, number: ComplaintNumber) -> Conclusion {
    let english = plan.next.english;
    match result {
        Some(StepResult::Cancelled) => {
            said(plan, Reply::text(words::cancelled(english, number)), "complaint_cancelled")
        }
        _ => said(plan, words::cannot_cancel(english, number), "refused"),
    }
}
