//! From the plan and what its steps brought to the end of the turn: the transition's second half.

use contracts::ComplaintNumber;
use contracts::message::Reply;

use super::words::{Texts, Voice, table};
use super::{Answer, Conclusion, Dialogue, Handoff, Known, Offer, Plan, State, StepResult, concluded, confirm, words};

/// What the second half knows: the plan, and in whose words to speak.
pub(super) struct Ending<'a> {
    pub plan: &'a Plan,
    pub voice: Voice<'a>,
}

/// Ends a turn whose steps are all done.
pub fn conclude(plan: &Plan, results: &[StepResult], texts: &Texts) -> Conclusion {
    let ending = Ending { plan, voice: Voice { english: plan.next.english, texts } };
    let result = results.first();
    let conclusion = match &plan.answer {
        Answer::Say { reply } => ending.said(reply.clone(), "answered"),
        Answer::Handoff { reason, summary, text } => handed_off(plan.next.clone(), reason, summary, text.clone()),
        Answer::Created { retry, summary, categories } => {
            concluded::created(&ending, result, retry, summary, categories)
        }
        Answer::Status { resume } => status(&ending, result, resume.as_ref()),
        Answer::Latest { resume } => latest(&ending, result, resume.as_ref()),
        Answer::FollowUp(follow_up) => concluded::follow_up(&ending, result, follow_up),
        Answer::Followed { number, deed, summary, .. } => concluded::followed(&ending, result, *number, deed, summary),
        Answer::AskCancel => match result {
            Some(StepResult::Found { complaint }) => concluded::ask_cancel(&ending, complaint),
            _ => ending.said(Reply::text(ending.voice.say(&table::NO_SUCH_COMPLAINT)), "status"),
        },
        Answer::ChooseCancel => concluded::choose_cancel(&ending, listed(result)),
        Answer::Cancelled { number } => concluded::cancelled(&ending, result, *number),
    };
    Conclusion { reply: words::fitted(conclusion.reply), ..conclusion }
}

/// Ends a turn whose steps can't be done before the citizen has waited too long: honestly, and nothing is lost.
pub fn give_up(plan: &Plan, texts: &Texts) -> Conclusion {
    let voice = Voice { english: plan.next.english, texts };
    let (next, summary, sent) = match &plan.answer {
        Answer::Created { retry, summary, .. } | Answer::Followed { retry, summary, .. } => {
            ((**retry).clone(), summary.clone(), true)
        }
        _ => (plan.next.clone(), words::summary("deadline", "", &plan.next, plan.next.state.draft(), texts), false),
    };
    let conclusion = handed_off(next, "deadline", &summary, words::system_away(voice, sent));
    Conclusion { reply: words::fitted(conclusion.reply), ..conclusion }
}

impl Ending<'_> {
    pub(super) fn said(&self, reply: Reply, outcome: &str) -> Conclusion {
        let next = self.plan.next.clone();
        Conclusion { reply, handoff: None, next, complaint_id: None, outcome: outcome.to_owned() }
    }

    /// The plan's dialogue in another state.
    pub(super) fn moved(&self, reply: Reply, state: State, outcome: &str) -> Conclusion {
        let said = self.said(reply, outcome);
        Conclusion { next: Dialogue { state, ..said.next }, ..said }
    }

    /// Ends with the complaint that waits, if one does.
    pub(super) fn offering_next(&self, mut conclusion: Conclusion) -> Conclusion {
        let (reply, offer) = confirm::with_next(self.voice, conclusion.reply, &conclusion.next);
        conclusion.reply = reply;
        conclusion.next.offered = offer.or(conclusion.next.offered);
        conclusion
    }
}

/// What is spoken of from now on.
pub(super) fn about(number: ComplaintNumber, mut conclusion: Conclusion) -> Conclusion {
    conclusion.next.about = Some(number);
    conclusion
}

pub(super) fn handed_off(next: Dialogue, reason: &str, summary: &str, text: String) -> Conclusion {
    let handoff = Handoff { reason: reason.to_owned(), summary: summary.to_owned() };
    Conclusion {
        reply: Reply::text(text),
        handoff: Some(handoff),
        next,
        complaint_id: None,
        outcome: "handed_off".to_owned(),
    }
}

pub(super) fn back(text: String, resume: Option<&Reply>) -> Reply {
    match resume {
        Some(resume) => words::then_back(&text, resume),
        None => Reply::text(text),
    }
}

pub(super) fn listed(result: Option<&StepResult>) -> &[Known] {
    match result {
        Some(StepResult::Listed { complaints }) => complaints,
        _ => &[],
    }
}

fn status(ending: &Ending<'_>, result: Option<&StepResult>, resume: Option<&Reply>) -> Conclusion {
    match result {
        Some(StepResult::Found { complaint }) => {
            let said = ending.said(back(words::status(ending.voice, complaint), resume), "status");
            if complaint.details.is_some() { about(complaint.number, said) } else { said }
        }
        _ => ending.said(back(ending.voice.say(&table::NO_SUCH_COMPLAINT), resume), "status"),
    }
}

fn latest(ending: &Ending<'_>, result: Option<&StepResult>, resume: Option<&Reply>) -> Conclusion {
    let voice = ending.voice;
    let known = listed(result);
    let text = if known.is_empty() { voice.say(&table::NO_COMPLAINTS) } else { words::latest(voice, known) };
    let mut reply = back(text, resume);
    if resume.is_none() {
        // Several can be looked at by a tap; one needs no list.
        if known.len() > 1 {
            reply.list = Some(words::rows(voice, "lihat", &known.iter().collect::<Vec<_>>()));
        } else {
            reply.buttons = words::after_status(voice, known.is_empty());
        }
    }
    ending.said(reply, "status")
}

/// The dialogue offers a person from here on.
pub(super) fn offering_person(mut conclusion: Conclusion) -> Conclusion {
    conclusion.next.offered = Some(Offer::Person);
    conclusion
}
