//! From what was said to what will be done: the transition's first half.

use contracts::intent::Intent;
use contracts::message::Reply;

use super::{Answer, Dialogue, Draft, Facts, Plan, State, Step, Turn, collect, reading, status, words};
use crate::understanding::Language;

/// Turns in a row that may fail before a person is called.
const PATIENCE: u8 = 3;
/// A digression must be meant: below this, words are an answer to the question that was asked.
const SURE_OF_DIGRESSION: f64 = 0.5;

/// A plan in the making: what to do, say, and be afterwards.
pub(super) struct Move {
    pub steps: Vec<Step>,
    pub answer: Answer,
    pub state: State,
    /// The turn was understood.
    pub understood: bool,
    pub offers_person: bool,
    pub intent: Option<Intent>,
}

impl Move {
    pub(super) fn say(reply: Reply, state: State) -> Self {
        Self {
            steps: Vec::new(),
            answer: Answer::Say { reply },
            state,
            understood: true,
            offers_person: false,
            intent: None,
        }
    }

    pub(super) fn act(step: Step, answer: Answer, state: State) -> Self {
        Self { steps: vec![step], answer, state, understood: true, offers_person: false, intent: None }
    }

    pub(super) fn offering_person(mut self) -> Self {
        self.offers_person = true;
        self
    }

    pub(super) fn meaning(mut self, intent: Intent) -> Self {
        self.intent = Some(intent);
        self
    }
}

/// What a move needs to know.
pub(super) struct Scene<'a> {
    pub before: &'a Dialogue,
    pub turn: &'a Turn,
    pub facts: &'a Facts,
    pub english: bool,
}

/// Plans a turn.
pub fn plan(before: &Dialogue, turn: &Turn, facts: &Facts) -> Plan {
    let english = match turn.understood.language {
        Language::English => true,
        Language::Indonesian => false,
        Language::Unclear => before.english,
    };
    let scene = Scene { before, turn, facts, english };
    let danger = turn.understood.danger && !before.danger_flagged;
    let mut the_move = if danger { collect::danger(&scene) } else { decide(&scene) };
    if !the_move.understood && before.failures + 1 >= PATIENCE {
        let state = the_move.state;
        let text = words::giving_up(english);
        the_move = handoff(&scene, "repeated_failure", text, state);
        the_move.understood = true;
    }
    let next = Dialogue {
        failures: if the_move.understood { 0 } else { before.failures + 1 },
        english,
        offered_person: the_move.offers_person,
        danger_flagged: danger || before.danger_flagged && the_move.state != State::Idle,
        state: the_move.state,
    };
    let mut answer = the_move.answer;
    if let Answer::Created { retry, .. } = &mut answer {
        retry.english = english;
    }
    Plan {
        intent: the_move.intent.or(turn.understood.intent).unwrap_or(turn.understood.guess),
        confidence: if the_move.intent.is_some() { 1.0 } else { turn.understood.confidence },
        provider: turn.understood.provider.clone(),
        entities: turn.understood.entities.clone(),
        steps: the_move.steps,
        answer,
        next,
    }
}

fn decide(scene: &Scene<'_>) -> Move {
    if scene.turn.choice() == Some("petugas") || wants_person(scene) {
        return requested(scene);
    }
    match &scene.before.state {
        State::Idle => idle(scene),
        State::Collecting { draft, asked } => collect::collecting(scene, draft, *asked),
        State::Confirming { draft } => collect::confirming(scene, draft),
        State::Editing { draft } => collect::editing(scene, draft),
        State::Cancelling { number } => status::cancelling(scene, *number),
    }
}

fn wants_person(scene: &Scene<'_>) -> bool {
    let understood = &scene.turn.understood;
    let tapped = scene.turn.choice().is_some();
    let asked =
        !tapped && understood.intent == Some(Intent::HumanHandoff) && understood.confidence >= SURE_OF_DIGRESSION;
    let accepted =
        scene.before.offered_person && scene.before.state == State::Idle && !tapped && reading::yes(scene.turn);
    asked || accepted
}

/// Nothing is under way: begin what the citizen wants.
pub(super) fn idle(scene: &Scene<'_>) -> Move {
    let Scene { turn, english, .. } = *scene;
    match turn.choice() {
        Some("lapor") => return collect::begin(scene, Draft::default()).meaning(Intent::CreateComplaint),
        Some("status") => return status::latest(scene, None, false).meaning(Intent::CheckStatus),
        _ => {}
    }
    if let Some(number) = turn.chosen("cabut").and_then(|number| number.parse().ok()) {
        return status::ask_cancel(scene, number).meaning(Intent::CancelComplaint);
    }
    if !turn.has_words() {
        return wordless(scene);
    }
    let understood = &turn.understood;
    let looks_like_one = understood.guess == Intent::CreateComplaint && understood.entities.kategori.is_some();
    match understood.intent {
        Some(Intent::CreateComplaint) => collect::begin(scene, Draft::default()),
        None if looks_like_one => collect::begin(scene, Draft::default()),
        Some(Intent::CancelComplaint) => status::cancel(scene),
        Some(Intent::UpdateComplaint) => status::follow_up(scene),
        _ if understood.entities.complaint_id.is_some() => status::by_number(scene, None),
        Some(Intent::CheckStatus | Intent::ComplaintHistory) => status::latest(scene, None, false),
        Some(Intent::Greeting) => Move::say(words::greeting(english, scene.facts, &turn.text), State::Idle),
        Some(Intent::Thanks) => Move::say(words::welcome(english), State::Idle),
        Some(Intent::KnowledgeQuery) => Move::say(words::not_known(english), State::Idle).offering_person(),
        Some(Intent::OutOfScope) => Move::say(words::out_of_scope(english), State::Idle),
        Some(Intent::Confirm | Intent::Deny) => Move::say(words::what_next(english), State::Idle),
        Some(Intent::HumanHandoff) => requested(scene),
        None => Move { understood: false, ..Move::say(words::not_understood(english), State::Idle) },
    }
}

/// A picture, a pin or something unreadable, without a word.
fn wordless(scene: &Scene<'_>) -> Move {
    let turn = scene.turn;
    if turn.location.is_some() || !turn.media.is_empty() {
        return collect::begin(scene, Draft::default()).meaning(Intent::CreateComplaint);
    }
    Move::say(words::unreadable(scene.english), State::Idle)
}

/// An aside while something is under way: answer it, then come back to `resume`. `None`: it is no aside.
pub(super) fn digression(scene: &Scene<'_>, state: &State, resume: &Reply) -> Option<Move> {
    let Scene { turn, english, .. } = *scene;
    let understood = &turn.understood;
    if turn.choice() == Some("status") {
        return Some(Move { state: state.clone(), ..status::latest(scene, Some(resume.clone()), false) });
    }
    // A tapped title is no text to interpret.
    let intent =
        understood.intent.filter(|_| turn.choice().is_none() && understood.confidence >= SURE_OF_DIGRESSION)?;
    let back = |first: Reply| Some(Move::say(words::then_back(&first.text, resume), state.clone()));
    match intent {
        _ if understood.entities.complaint_id.is_some() => {
            Some(Move { state: state.clone(), ..status::by_number(scene, Some(resume.clone())) })
        }
        Intent::CheckStatus | Intent::ComplaintHistory => {
            Some(Move { state: state.clone(), ..status::latest(scene, Some(resume.clone()), false) })
        }
        Intent::Greeting => back(words::short_greeting(english, scene.facts, &turn.text)),
        Intent::Thanks => back(words::welcome(english)),
        Intent::KnowledgeQuery => back(words::not_known(english)),
        Intent::OutOfScope => back(words::out_of_scope(english)),
        _ => None,
    }
}

/// The citizen asked for a person.
fn requested(scene: &Scene<'_>) -> Move {
    handoff(scene, "requested", words::person_comes(scene.english), scene.before.state.clone())
        .meaning(Intent::HumanHandoff)
}

/// A person takes over; what was under way waits.
pub(super) fn handoff(scene: &Scene<'_>, reason: &str, text: String, state: State) -> Move {
    let summary = words::summary(reason, &scene.turn.text, state.draft());
    let answer = Answer::Handoff { reason: reason.to_owned(), summary, text };
    Move { steps: Vec::new(), answer, state, understood: true, offers_person: false, intent: None }
}
