//! Taking a complaint: ask for what is missing, show it, send it.

use contracts::Category;
use contracts::intent::Intent;

use super::plan::{Move, Scene, digression, handoff};
use super::{Answer, Attempt, Dialogue, Draft, Field, State, Step, reading, words};
use crate::understanding::{grammar, normalize};

/// From here on an unasked text is more words on the problem.
const SURE_OF_MORE: f64 = 0.6;

/// Begins a complaint with whatever the turn says already.
pub(super) fn begin(scene: &Scene<'_>, mut draft: Draft) -> Move {
    draft.absorb(scene.turn);
    let first = match (scene.turn.voice, scene.turn.media.is_empty(), scene.turn.has_words()) {
        (true, _, false) => Some(words::voice(scene.english)),
        (false, false, false) => Some(words::media_received(scene.english)),
        _ if draft.missing().is_some() => Some(words::taking(scene.english)),
        _ => None,
    };
    proceed(scene, draft, first)
}

/// Asks for what is missing next, or shows what is complete.
fn proceed(scene: &Scene<'_>, draft: Draft, first: Option<String>) -> Move {
    let question = match draft.missing() {
        Some(field) => words::ask(scene.english, field, &draft),
        None => words::confirm(scene.english, &draft),
    };
    let reply = match first {
        Some(first) => words::then_back(&first, &question),
        None => question,
    };
    let state = match draft.missing() {
        Some(asked) => State::Collecting { draft, asked },
        None => State::Confirming { draft },
    };
    Move::say(reply, state).meaning(Intent::CreateComplaint)
}

/// A danger that is there now: what to do first, a person, and the complaint goes on.
pub(super) fn danger(scene: &Scene<'_>) -> Move {
    let mut draft = scene.before.state.draft().cloned().unwrap_or_default();
    draft.absorb(scene.turn);
    if draft.deskripsi.is_none() {
        draft.describe(&scene.turn.text);
        draft.kategori = draft.kategori.or_else(|| scene.turn.understood.entities.kategori.clone());
    }
    // Nobody in danger is asked for a category.
    draft.kategori = draft.kategori.or_else(|| Some(Category::from("lainnya")));
    let question = match draft.missing() {
        Some(field) => words::ask(scene.english, field, &draft).text,
        None => words::confirm_by_words(scene.english, &draft),
    };
    let text = format!("{}\n\n{question}", words::emergency(scene.english, &scene.facts.emergency_numbers));
    let state = match draft.missing() {
        Some(asked) => State::Collecting { draft, asked },
        None => State::Confirming { draft },
    };
    handoff(scene, "danger", text, state).meaning(Intent::CreateComplaint)
}

/// A question was asked; the turn answers it, or something else.
pub(super) fn collecting(scene: &Scene<'_>, draft: &Draft, asked: Field) -> Move {
    let turn = scene.turn;
    if reading::drop_it(turn) {
        return dropped(scene);
    }
    let state = State::Collecting { draft: draft.clone(), asked };
    let question = words::ask(scene.english, asked, draft);
    let mut new = draft.clone();
    let mut progress = new.absorb(turn);
    if turn.choice() == Some("lapor") {
        return Move::say(question, state).meaning(Intent::CreateComplaint);
    }
    if !progress && let Some(aside) = digression(scene, &state, &question) {
        return aside;
    }
    progress |= answer(scene, &mut new, asked);
    if progress {
        let first = (turn.voice && !turn.has_words()).then(|| words::voice(scene.english));
        let first =
            first.or_else(|| (!turn.has_words() && !turn.media.is_empty()).then(|| words::media_kept(scene.english)));
        return proceed(scene, new, first);
    }
    if asked == Field::Alamat && reading::does_not_know(turn) {
        return Move::say(words::address_help(scene.english), state);
    }
    // Asked in vain once already: the ticket can do without a category, and staff will sort it.
    if asked == Field::Kategori && scene.before.failures > 0 {
        new.kategori = Some(Category::from("lainnya"));
        return proceed(scene, new, None);
    }
    Move { understood: false, ..Move::say(words::then_back(&words::not_caught(scene.english), &question), state) }
}

/// Reads the turn as the answer to what was asked. `true`: it is one.
fn answer(scene: &Scene<'_>, draft: &mut Draft, asked: Field) -> bool {
    let turn = scene.turn;
    let understood = &turn.understood;
    if let Some(key) = turn.chosen("kategori") {
        draft.kategori = Some(Category::from(key));
        return true;
    }
    let letters = turn.text.chars().filter(|c| c.is_alphabetic()).count();
    let chatter = matches!(understood.intent, Some(Intent::Confirm | Intent::Deny | Intent::Greeting | Intent::Thanks));
    if turn.choice().is_some() || letters < 3 || chatter {
        return false;
    }
    match asked {
        Field::Deskripsi => {
            if draft.deskripsi.is_some() {
                return false;
            }
            draft.describe(&turn.text);
            draft.guesses = understood.categories.iter().map(|(category, _)| category.clone()).collect();
            draft.kategori = draft.kategori.take().or_else(|| sure_category(scene));
            true
        }
        Field::Kategori => {
            let named = named_category(&turn.text).or_else(|| sure_category(scene));
            let found = named.is_some() && draft.kategori.is_none();
            draft.kategori = draft.kategori.take().or(named);
            found
        }
        Field::Alamat if draft.alamat.is_none() && !reading::does_not_know(turn) => {
            let more = understood.intent == Some(Intent::CreateComplaint)
                && understood.entities.kategori.is_some()
                && understood.categories.first().is_some_and(|(_, p)| *p >= SURE_OF_MORE);
            if more {
                draft.describe_more(&turn.text);
                return false;
            }
            draft.alamat = Some(place_in(&turn.text, draft));
            true
        }
        Field::Alamat => false,
    }
}

/// The answer as an address: as it was written, or tidied when it is nothing but RT, RW and kelurahan.
fn place_in(text: &str, draft: &Draft) -> String {
    let rest = grammar::read(text).without_places();
    let known = draft.patokan.clone().unwrap_or_else(|| draft.area());
    let nothing_else = rest.chars().filter(|c| c.is_alphabetic()).count() < 3;
    if nothing_else && !known.is_empty() { known } else { text.trim().chars().take(300).collect() }
}

fn sure_category(scene: &Scene<'_>) -> Option<Category> {
    const ENOUGH: f64 = 0.42;
    scene.turn.understood.categories.first().filter(|(_, p)| *p >= ENOUGH).map(|(category, _)| category.clone())
}

/// A category by its name ("jalan rusak", "Lampu Jalan").
fn named_category(text: &str) -> Option<Category> {
    let line = normalize::line(text);
    let named = |name: &str| normalize::line(name) == line;
    contracts::complaint::BUILT_IN_CATEGORIES
        .iter()
        .find(|(key, name)| named(name) || named(key))
        .map(|(key, _)| Category::from(*key))
}

/// The complaint is shown and waits for a yes.
pub(super) fn confirming(scene: &Scene<'_>, draft: &Draft) -> Move {
    let turn = scene.turn;
    if reading::drop_it(turn) {
        return dropped(scene);
    }
    let state = State::Confirming { draft: draft.clone() };
    let question = words::confirm(scene.english, draft);
    let mut new = draft.clone();
    let changed = new.absorb(turn);
    if reading::yes(turn) && !changed {
        return send(scene, draft);
    }
    if changed {
        return proceed(scene, new, Some(words::changed(scene.english)));
    }
    if reading::no(turn) || turn.chosen("ubah").is_some() {
        return edit(scene, draft);
    }
    if let Some(aside) = digression(scene, &state, &question) {
        return aside;
    }
    let another =
        turn.understood.intent == Some(Intent::CreateComplaint) && turn.understood.entities.deskripsi.is_some();
    if another {
        return Move::say(words::then_back(&words::one_by_one(scene.english), &question), state);
    }
    Move { understood: false, ..Move::say(words::then_back(&words::not_caught(scene.english), &question), state) }
}

/// Asks what to change, or goes there at once when the turn names it.
fn edit(scene: &Scene<'_>, draft: &Draft) -> Move {
    match reading::field(scene.turn) {
        Some(field) => reask(scene, draft, field),
        None => Move::say(words::what_to_change(scene.english), State::Editing { draft: draft.clone() }),
    }
}

/// Forgets one field and asks for it.
fn reask(scene: &Scene<'_>, draft: &Draft, field: Field) -> Move {
    let mut draft = draft.clone();
    draft.attempt = None;
    match field {
        Field::Deskripsi => draft.deskripsi = None,
        Field::Kategori => draft.kategori = None,
        Field::Alamat => {
            let kept = std::mem::take(&mut draft);
            draft = Draft {
                kategori: kept.kategori,
                deskripsi: kept.deskripsi,
                media: kept.media,
                anonim: kept.anonim,
                rahasia: kept.rahasia,
                guesses: kept.guesses,
                ..Draft::default()
            };
        }
    }
    let question = words::ask(scene.english, field, &draft);
    Move::say(question, State::Collecting { draft, asked: field })
}

/// The citizen was asked what to change.
pub(super) fn editing(scene: &Scene<'_>, draft: &Draft) -> Move {
    let turn = scene.turn;
    if reading::drop_it(turn) {
        return dropped(scene);
    }
    let mut new = draft.clone();
    if new.absorb(turn) {
        return proceed(scene, new, Some(words::changed(scene.english)));
    }
    if let Some(field) = reading::field(turn) {
        return reask(scene, draft, field);
    }
    if reading::yes(turn) {
        return proceed(scene, new, None);
    }
    if let Some(category) = named_category(&turn.text) {
        new.kategori = Some(category);
        new.attempt = None;
        return proceed(scene, new, Some(words::changed(scene.english)));
    }
    let state = State::Editing { draft: draft.clone() };
    let question = words::what_to_change(scene.english);
    if let Some(aside) = digression(scene, &state, &question) {
        return aside;
    }
    let described =
        turn.understood.entities.deskripsi.clone().filter(|_| turn.understood.intent == Some(Intent::CreateComplaint));
    if let Some(words_of_citizen) = described {
        new.describe(&words_of_citizen);
        new.attempt = None;
        return proceed(scene, new, Some(words::changed(scene.english)));
    }
    Move { understood: false, ..Move::say(question, state) }
}

fn dropped(scene: &Scene<'_>) -> Move {
    Move::say(words::dropped(scene.english), State::Idle).meaning(Intent::CancelComplaint)
}

/// The one way to a ticket: the citizen said yes to what was shown.
fn send(scene: &Scene<'_>, draft: &Draft) -> Move {
    let mut draft = draft.clone();
    let attempt = Attempt { key: format!("{}:0", scene.facts.turn_id), turn_id: scene.facts.turn_id };
    // An earlier try whose outcome is unknown is repeated, not made anew.
    draft.attempt.get_or_insert(attempt);
    let retry = Dialogue { state: State::Confirming { draft: draft.clone() }, ..Dialogue::default() };
    let summary = words::summary("deadline", &scene.turn.text, Some(&draft));
    let step = Step::CreateComplaint { draft: Box::new(draft) };
    Move::act(step, Answer::Created { retry: Box::new(retry), summary }, State::Idle).meaning(Intent::Confirm)
}
