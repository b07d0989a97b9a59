//! From what was said to what will be done: the transition's first half.

use contracts::dto::ai::Source;
use contracts::intent::Intent;
use contracts::message::Reply;

use super::facts::Knowledge;
use super::state::{Dialogue, Offer, Pending};
use super::words::{Voice, table};
use super::{
    Answer, Facts, Plan, State, Step, Turn, collect, confirm, follow, handback, idle, mood, people, status, words,
};
use crate::understanding::Language;

/// Turns in a row that may fail before a person is called.
const PATIENCE: u8 = 3;
/// Anger that calls a person: an insult twice, or once at the top of one's voice.
const FED_UP: u8 = 2;

/// A plan in the making: what to do, say, and be afterwards.
pub(super) struct Move {
    pub steps: Vec<Step>,
    pub answer: Answer,
    pub state: State,
    /// The turn was understood.
    pub understood: bool,
    pub offers: Option<Offer>,
    pub intent: Option<Intent>,
    /// Complaints to come back to, besides those that wait already.
    pub queued: Vec<Pending>,
    /// The first of the waiting complaints was taken up, or all of them dropped.
    pub waiting: Waiting,
    pub sources: Vec<Source>,
    pub unanswered: Option<String>,
}

/// What becomes of the complaints that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waiting {
    Stay,
    FirstTaken,
    Dropped,
}

impl Move {
    fn new(steps: Vec<Step>, answer: Answer, state: State) -> Self {
        Self {
            steps,
            answer,
            state,
            understood: true,
            offers: None,
            intent: None,
            queued: Vec::new(),
            waiting: Waiting::Stay,
            sources: Vec::new(),
            unanswered: None,
        }
    }

    pub(super) fn say(reply: Reply, state: State) -> Self {
        Self::new(Vec::new(), Answer::Say { reply }, state)
    }

    pub(super) fn act(step: Step, answer: Answer, state: State) -> Self {
        Self::new(vec![step], answer, state)
    }

    pub(super) fn hand_over(answer: Answer, state: State) -> Self {
        Self::new(Vec::new(), answer, state)
    }

    /// The question again, after saying that the answer was not understood.
    pub(super) fn not_caught(scene: &Scene<'_>, question: &Reply, state: State) -> Self {
        let reply = words::then_back(&scene.voice.say(&table::NOT_CAUGHT), question);
        Self { understood: false, ..Self::say(reply, state) }
    }

    pub(super) fn offering(mut self, offer: Offer) -> Self {
        self.offers = Some(offer);
        self
    }

    pub(super) fn meaning(mut self, intent: Intent) -> Self {
        self.intent = Some(intent);
        self
    }

    /// Words before whatever it says.
    pub(super) fn after(mut self, first: &str) -> Self {
        if let Answer::Say { reply } = &mut self.answer {
            *reply = words::then_back(first, reply);
        }
        self
    }
}

/// What a move needs to know.
pub(super) struct Scene<'a> {
    pub before: &'a Dialogue,
    pub turn: &'a Turn,
    pub facts: &'a Facts,
    pub voice: Voice<'a>,
}

/// Plans a turn.
pub fn plan(before: &Dialogue, turn: &Turn, facts: &Facts) -> Plan {
    let english = match turn.understood.language {
        Language::English => true,
        Language::Indonesian => false,
        Language::Unclear => before.english,
    };
    let voice = Voice { english, texts: &facts.texts };
    let mut before = before.clone();
    if let Some(draft) = before.state.draft_mut() {
        draft.renew(&facts.categories);
    }
    let back = facts.human.as_ref().map(|part| handback::take_over(&mut before, part, facts));
    let scene = Scene { before: &before, turn, facts, voice };

    let danger = turn.understood.danger && !before.danger_flagged;
    let anger = mood::anger(turn);
    let level = before.anger.saturating_sub(u8::from(anger == 0)).saturating_add(anger);
    let mut the_move = if danger { collect::danger(&scene) } else { decide(&scene, level, anger) };
    if back == Some(handback::Back::Continues)
        && let Some(human) = &before.human
    {
        the_move = the_move.after(&words::handed_back(voice, human));
    }
    if !the_move.understood && before.failures + 1 >= PATIENCE {
        let state = the_move.state;
        the_move = people::call(&scene, "repeated_failure", voice.say(&table::GIVING_UP), state);
    }
    finish(&scene, the_move, danger, level)
}

/// What is remembered, and the plan as it is stored.
fn finish(scene: &Scene<'_>, the_move: Move, danger: bool, level: u8) -> Plan {
    let Scene { before, turn, facts, voice } = *scene;
    let called = matches!(the_move.answer, Answer::Handoff { .. });
    let wordless = !turn.has_words() && turn.choice().is_none() && !turn.media.is_empty();
    let mut waiting = before.waiting.clone();
    match the_move.waiting {
        Waiting::FirstTaken if !waiting.is_empty() => drop(waiting.remove(0)),
        Waiting::Stay | Waiting::FirstTaken => {}
        Waiting::Dropped => waiting.clear(),
    }
    // More than a handful is no conversation any more.
    waiting.extend(the_move.queued);
    waiting.truncate(4);
    let next = Dialogue {
        failures: if the_move.understood { 0 } else { before.failures + 1 },
        english: voice.english,
        offered: the_move.offers,
        danger_flagged: danger || before.danger_flagged && the_move.state != State::Idle,
        anger: if called { 0 } else { level },
        wordless: if wordless { before.wordless.saturating_add(1) } else { 0 },
        waiting,
        about: before.about,
        called_at: if called { Some(facts.now) } else { before.called_at },
        human: before.human.clone(),
        state: the_move.state,
    };
    let mut answer = the_move.answer;
    if let Answer::Created { retry, .. } | Answer::Followed { retry, .. } = &mut answer {
        let state = std::mem::take(&mut retry.state);
        **retry = Dialogue { state, offered: None, ..next.clone() };
    }
    Plan {
        intent: the_move.intent.or(turn.understood.intent).unwrap_or(turn.understood.guess),
        confidence: if the_move.intent.is_some() { 1.0 } else { turn.understood.confidence },
        provider: turn.understood.provider.clone(),
        entities: turn.understood.entities.clone(),
        steps: the_move.steps,
        answer,
        next,
        sources: the_move.sources,
        unanswered: the_move.unanswered,
        handback: facts.human.as_ref().map(|part| part.epoch),
    }
}

/// What comes before everything, then the state.
fn decide(scene: &Scene<'_>, level: u8, anger: u8) -> Move {
    if let Some(first) = people::wanted(scene) {
        return first;
    }
    // A question that the office's documents answer is one, whatever it is about.
    let known = matches!(scene.facts.knowledge, Knowledge::Found { .. });
    if !known && let Some(authority) = mood::beyond_us(scene.turn) {
        return people::beyond_us(scene, authority);
    }
    if anger > 0 && level >= FED_UP {
        return people::angry(scene);
    }
    if let Some(settled) = handback::settled(scene) {
        return settled;
    }
    let the_move = match &scene.before.state {
        State::Idle => idle::idle(scene),
        State::Collecting { draft, asked } => collect::collecting(scene, draft, asked),
        State::Confirming { draft } => confirm::confirming(scene, draft),
        State::Editing { draft } => confirm::editing(scene, draft),
        State::Cancelling { number } => status::cancelling(scene, *number),
        State::Following { number, deed, text, media, otherwise } => follow::following(
            scene,
            &follow::Matter { number: *number, deed, text, media, otherwise: otherwise.as_ref() },
        ),
    };
    if anger > 0 { the_move.after(&scene.voice.say(&table::SORRY)) } else { the_move }
}
