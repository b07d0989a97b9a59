//! More on a complaint that was sent: it is not solved, there is something to add, the officers asked something.
//!
//! What must stay true: nothing goes onto a ticket that was not shown to the citizen and agreed to.

use contracts::ComplaintNumber;
use contracts::intent::Intent;
use contracts::message::{MediaRef, Reply};

use super::plan::{Move, Scene};
use super::state::{Deed, Dialogue, Pending, State};
use super::words::{self, table};
use super::{Answer, Draft, FollowUp, Step, aside, collect, correct, idle, reading, wordless};
use crate::personal;
use crate::understanding::grammar;

/// The longest addition, reason or answer.
const LONGEST: usize = 1_500;
/// A new complaint rather than an answer, when the text is so sure of being one.
const SURE_OF_NEW: f64 = 0.6;
const MOST_MEDIA: usize = 10;

/// What is being said on which complaint.
pub(super) struct Matter<'a> {
    pub number: ComplaintNumber,
    pub deed: &'a Deed,
    pub text: &'a str,
    pub media: &'a [MediaRef],
    pub otherwise: Option<&'a Pending>,
}

/// Whether the turn speaks of a complaint that was made before.
pub(super) fn meant(scene: &Scene<'_>) -> bool {
    let turn = scene.turn;
    let understood = &turn.understood;
    if turn.choice().is_some() {
        return false;
    }
    // With a place of its own it is a new one, whatever words it uses.
    let new = understood.intent == Some(Intent::CreateComplaint) && understood.entities.alamat.is_some();
    let update = understood.intent == Some(Intent::UpdateComplaint);
    let corrects = corrects_last(scene);
    let adds = reading::addition(&turn.text).is_some();
    !new && (update || corrects || adds || reading::still_broken(turn))
}

/// A correction of the complaint that was spoken of last.
fn corrects_last(scene: &Scene<'_>) -> bool {
    let text = &scene.turn.text;
    scene.before.about.is_some()
        && correct::leads(text)
        && !reading::still_broken(scene.turn)
        && grammar::read(&format!("di {text}")).has_place()
}

/// The citizen is not content, or wants to add something: find out which complaint it is.
pub(super) fn follow_up(scene: &Scene<'_>) -> Move {
    let turn = scene.turn;
    let addition = reading::addition(&turn.text);
    let corrects = corrects_last(scene);
    let adds = addition.is_some() || corrects;
    let text = without_number(&addition.unwrap_or_else(|| turn.text.clone()));
    let number = turn.understood.entities.complaint_id.or(if corrects { scene.before.about } else { None });
    let answer = FollowUp {
        text: cleaned(&text),
        media: turn.media.clone(),
        kategori: turn.understood.entities.kategori.clone(),
        adds,
        choose: false,
        otherwise: otherwise(scene),
    };
    look(number, answer).meaning(Intent::UpdateComplaint)
}

/// What to do when the citizen has no complaint: the words may be the first one.
fn otherwise(scene: &Scene<'_>) -> Option<(Reply, State)> {
    // Discontent alone is no problem that could be put on a ticket.
    scene
        .turn
        .understood
        .entities
        .kategori
        .as_ref()
        .filter(|key| !["lainnya", "layanan_lain"].contains(&key.0.as_str()))?;
    let mut draft = Draft::default();
    draft.absorb(scene.turn, &scene.facts.categories);
    if draft.deskripsi.is_none() {
        draft.describe(&scene.turn.text);
        draft.guess(scene.turn);
    }
    let begun = collect::proceed(scene, draft, Some(scene.voice.say(&table::TAKING)));
    match begun.answer {
        Answer::Say { reply } => Some((reply, begun.state)),
        _ => None,
    }
}

fn look(number: Option<ComplaintNumber>, answer: FollowUp) -> Move {
    let step = match number {
        Some(number) => Step::FindComplaint { number },
        None => Step::LatestComplaints,
    };
    Move::act(step, Answer::FollowUp(Box::new(answer)), State::Idle)
}

/// One of several was chosen.
pub(super) fn look_at(_scene: &Scene<'_>, number: ComplaintNumber) -> Move {
    look(Some(number), nothing_said(false, false)).meaning(Intent::UpdateComplaint)
}

/// None of those that were shown: all of them, to choose from.
pub(super) fn choose(_scene: &Scene<'_>) -> Move {
    look(None, nothing_said(false, true)).meaning(Intent::UpdateComplaint)
}

/// The button below an open complaint.
pub(super) fn begin_adding(_scene: &Scene<'_>, number: ComplaintNumber) -> Move {
    look(Some(number), nothing_said(true, false)).meaning(Intent::UpdateComplaint)
}

fn nothing_said(adds: bool, choose: bool) -> FollowUp {
    FollowUp { text: String::new(), media: Vec::new(), kategori: None, adds, choose, otherwise: None }
}

/// The officers wait for this citizen's answer, and this may be it.
pub(super) fn answer_to_officers(scene: &Scene<'_>) -> Option<Move> {
    let turn = scene.turn;
    let question = scene.facts.questions.first()?;
    let understood = &turn.understood;
    let says_something = turn.has_words() || !turn.media.is_empty() && !turn.voice;
    let something_else = match understood.intent {
        Some(
            Intent::Greeting
            | Intent::Thanks
            | Intent::CheckStatus
            | Intent::ComplaintHistory
            | Intent::CancelComplaint
            | Intent::HumanHandoff,
        ) => true,
        Some(Intent::KnowledgeQuery) => aside::is_known(scene) || turn.text.contains('?'),
        Some(Intent::CreateComplaint) => understood.entities.alamat.is_some() && understood.confidence >= SURE_OF_NEW,
        _ => false,
    };
    let other_number = understood.entities.complaint_id.is_some_and(|number| number != question.number);
    if turn.choice().is_some()
        || !says_something
        || something_else
        || other_number
        || wordless::link_or_broadcast(scene).is_some()
    {
        return None;
    }
    let deed = Deed::Answer { question: question.question.clone() };
    let otherwise = turn.has_words().then(|| Pending { text: turn.text.clone(), understood: understood.clone() });
    let text = cleaned(&without_number(&turn.text));
    let reply = words::deed(scene.voice, &deed, question.number, &text, turn.media.len());
    let state = State::Following { number: question.number, deed, text, media: turn.media.clone(), otherwise };
    Some(Move::say(reply, state).meaning(Intent::UpdateComplaint))
}

/// The words were asked for, or shown and wait for a yes.
pub(super) fn following(scene: &Scene<'_>, matter: &Matter<'_>) -> Move {
    let Scene { turn, voice, .. } = *scene;
    let state = scene.before.state.clone();
    let question = words::deed(voice, matter.deed, matter.number, matter.text, matter.media.len());
    let complete = !matter.text.is_empty() || !matter.media.is_empty();
    if reading::drop_it(turn) {
        return Move::say(words::with_menu(voice, &table::NEVER_MIND), State::Idle).meaning(Intent::Deny);
    }
    if complete && reading::yes(turn) {
        return send(scene, matter);
    }
    if complete && reading::no(turn) {
        return not_this(scene, matter);
    }
    if let Some(tapped) = idle::tapped(scene) {
        return tapped;
    }
    if let Some(aside) = aside::digression(scene, &state, &question) {
        return aside;
    }
    let said = turn.choice().is_none() && turn.has_words() && !reading::chatter(turn);
    if !said && turn.media.is_empty() {
        return Move::not_caught(scene, &question, state);
    }
    let mut text = matter.text.to_owned();
    if said {
        let more = cleaned(&turn.text);
        let glue = if text.is_empty() { "" } else { ". " };
        text = format!("{text}{glue}{more}").chars().take(LONGEST).collect();
    }
    let mut media = matter.media.to_vec();
    media.extend(turn.media.iter().filter(|item| !matter.media.contains(item)).cloned());
    media.truncate(MOST_MEDIA);
    let reply = words::deed(voice, matter.deed, matter.number, &text, media.len());
    let state = State::Following {
        number: matter.number,
        deed: matter.deed.clone(),
        text,
        media,
        otherwise: matter.otherwise.cloned(),
    };
    Move::say(reply, state).meaning(Intent::UpdateComplaint)
}

/// Not meant for that complaint: what else the words were, or nothing.
fn not_this(scene: &Scene<'_>, matter: &Matter<'_>) -> Move {
    let was_complaint = matter.otherwise.filter(|pending| pending.understood.entities.deskripsi.is_some());
    if let Some(pending) = was_complaint {
        let turn = super::Turn {
            media: matter.media.to_vec(),
            ..super::Turn::words(&pending.text, pending.understood.clone())
        };
        return collect::begin(&Scene { turn: &turn, ..*scene }, Draft::default()).meaning(Intent::CreateComplaint);
    }
    Move::say(words::with_menu(scene.voice, &table::NEVER_MIND), State::Idle).meaning(Intent::Deny)
}

/// The one way onto a ticket: the citizen said yes to what was shown.
fn send(scene: &Scene<'_>, matter: &Matter<'_>) -> Move {
    let step = Step::Follow {
        number: matter.number,
        deed: matter.deed.clone(),
        text: matter.text.to_owned(),
        media: matter.media.to_vec(),
        said_at: scene.facts.now,
    };
    let retry = Dialogue { state: scene.before.state.clone(), ..Dialogue::default() };
    let last = format!("{}: {}", matter.number, matter.text);
    let summary = words::summary("deadline", &last, scene.before, None, &scene.facts.texts);
    let answer = Answer::Followed { number: matter.number, deed: matter.deed.clone(), retry: Box::new(retry), summary };
    Move::act(step, answer, State::Idle).meaning(Intent::Confirm)
}

/// Words as they may stand on a ticket.
fn cleaned(text: &str) -> String {
    personal::for_ticket(text.trim()).chars().take(LONGEST).collect()
}

/// The words without the number that only says which complaint is meant.
fn without_number(text: &str) -> String {
    use std::sync::LazyLock;
    static NUMBER: LazyLock<regex::Regex> = LazyLock::new(|| {
        regex::Regex::new(
            r"(?i)\b(?:(?:untuk|laporan|nomor|no|di|ke)[\s.:]+){0,3}lap[\s\-_]?\d{8}[\s\-_]?\d{1,6}\b[\s,.:;-]*",
        )
        .expect("a fixed pattern")
    });
    NUMBER.replace_all(text, "").trim().to_owned()
}
