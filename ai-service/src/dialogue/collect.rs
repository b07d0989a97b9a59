//! Taking a complaint: ask for what is missing, in order, each thing once.

use contracts::Category;
use contracts::category::FieldKind;
use contracts::dto::ai::Entities;
use contracts::intent::Intent;
use contracts::message::Reply;
use serde_json::Value;

use super::answers::{self, Reading};
use super::plan::{Move, Scene};
use super::state::{Pending, State};
use super::words::{self, table};
use super::{Draft, Field, Turn, aside, confirm, correct, people, reading, wordless};
use crate::understanding::{Understood, grammar};

/// From here on an unasked text is more words on the problem.
const SURE_OF_MORE: f64 = 0.6;
/// From here on a category is taken without asking.
const SURE_OF_CATEGORY: f64 = 0.42;

/// Begins a complaint with whatever the turn says already.
pub(super) fn begin(scene: &Scene<'_>, mut draft: Draft) -> Move {
    let Scene { turn, voice, .. } = *scene;
    draft.absorb(turn, &scene.facts.categories);
    let several = (!turn.more.is_empty())
        .then(|| voice.with(&table::TAKING_FIRST_OF, [("jumlah", (turn.more.len() + 1).to_string())]));
    let taking = || draft.missing().is_some().then(|| voice.say(&table::TAKING));
    let first = wordless::kept(scene, true).or(several).or_else(taking);
    let mut begun = proceed(scene, draft, first);
    begun.queued.clone_from(&turn.more);
    if turn.voice && !turn.has_words() {
        offer_officer(scene, &mut begun);
    }
    begun
}

/// Who can't write finds the button to a person.
fn offer_officer(scene: &Scene<'_>, the_move: &mut Move) {
    if let super::Answer::Say { reply } = &mut the_move.answer
        && reply.buttons.is_empty()
        && reply.list.is_none()
        && !reply.request_location
    {
        reply.buttons = words::voice_note(scene.voice).buttons;
    }
}

/// Asks for what is missing next, or shows what is complete.
pub(super) fn proceed(scene: &Scene<'_>, mut draft: Draft, first: Option<String>) -> Move {
    let voice = scene.voice;
    let question = question(scene, &draft);
    let kindly = std::mem::take(&mut draft.left_out).then(|| voice.say(&table::PERSONAL_LEFT_OUT));
    let first = [first, kindly].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    let reply = if first.is_empty() { question } else { words::then_back(&first, &question) };
    Move::say(reply, state_of(draft)).meaning(Intent::CreateComplaint)
}

/// What a draft waits for.
pub(super) fn state_of(draft: Draft) -> State {
    match draft.missing() {
        Some(asked) => State::Collecting { draft, asked },
        None => State::Confirming { draft },
    }
}

/// The question that is open.
fn question(scene: &Scene<'_>, draft: &Draft) -> Reply {
    match draft.missing() {
        Some(field) => words::ask(scene.voice, &field, draft, &scene.facts.categories),
        None => words::confirm(scene.voice, draft),
    }
}

/// A danger that is there now: what to do first, a person, and the complaint goes on.
pub(super) fn danger(scene: &Scene<'_>) -> Move {
    let categories = &scene.facts.categories;
    let mut draft = scene.before.state.draft().cloned().unwrap_or_default();
    draft.absorb(scene.turn, categories);
    draft.urgent = true;
    draft.forget_attempt();
    if draft.deskripsi.is_none() {
        draft.describe(&scene.turn.text);
    }
    let likely = scene.turn.understood.entities.kategori.clone();
    if draft.kategori.is_none() && !likely.is_some_and(|key| draft.take_category(&key, categories)) {
        // Nobody in danger is asked for a category.
        let other = categories.other().map_or_else(|| Category::from("lainnya"), |other| other.key.clone());
        draft.take_category(&other, categories);
    }
    let question = match draft.missing() {
        Some(field) => words::ask(scene.voice, &field, &draft, categories).text,
        None => words::confirm_by_words(scene.voice, &draft),
    };
    let text = format!("{}\n\n{question}", words::emergency(scene.voice, &scene.facts.emergency_numbers));
    let mut called = people::call(scene, "danger", text, state_of(draft)).meaning(Intent::CreateComplaint);
    called.queued.clone_from(&scene.turn.more);
    called
}

/// A question was asked; the turn answers it, or something else.
pub(super) fn collecting(scene: &Scene<'_>, draft: &Draft, asked: &Field) -> Move {
    let Scene { turn, voice, .. } = *scene;
    if reading::drop_it(turn) {
        return confirm::dropped(scene);
    }
    let state = State::Collecting { draft: draft.clone(), asked: asked.clone() };
    let question = words::ask(voice, asked, draft, &scene.facts.categories);
    if turn.choice() == Some("lapor") {
        return Move::say(question, state).meaning(Intent::CreateComplaint);
    }
    if let Some(page) = turn.chosen("kategori_hal").and_then(|page| page.parse().ok()) {
        return proceed(scene, Draft { category_page: page, ..draft.clone() }, None);
    }
    let mut new = draft.clone();
    // A number for a number is an answer before it is anything else.
    if let Field::Extra(key) = asked
        && !turn.text.contains('?')
        && plainly(scene, &mut new, key)
    {
        return proceed(scene, new, None);
    }
    let (mut progress, corrected) = take_in(scene, &mut new);
    if !progress && let Some(digression) = aside::digression(scene, &state, &question) {
        return digression;
    }
    // A correction of something else is no answer to what was asked.
    if !corrected {
        progress |= answer(scene, &mut new, asked);
    }
    if progress {
        if let Some(help) = wordless::again(scene, &new) {
            return Move::say(help, state_of(new)).meaning(Intent::CreateComplaint);
        }
        let first = corrected.then(|| voice.say(&table::CHANGED)).or_else(|| wordless::kept(scene, false));
        let queued = turn.more.clone();
        return Move { queued, ..proceed(scene, new, first) };
    }
    if *asked == Field::Alamat && reading::does_not_know(turn) {
        return Move::say(words::address_help(voice), state);
    }
    in_vain(scene, new, asked, &question, state)
}

/// Takes over what a turn says: `(changed, corrected)`. A correction's words are taken as one, and as nothing else.
pub(super) fn take_in(scene: &Scene<'_>, draft: &mut Draft) -> (bool, bool) {
    let turn = scene.turn;
    let categories = &scene.facts.categories;
    if turn.choice().is_some() || !correct::apply(draft, &turn.text) {
        return (draft.absorb(turn, categories), false);
    }
    let understood = Understood { entities: Entities::default(), ..turn.understood.clone() };
    draft.absorb(&Turn { understood, ..turn.clone() }, categories);
    (true, true)
}

/// A question of the category's own that takes no free text, answered in few words.
fn plainly(scene: &Scene<'_>, draft: &mut Draft, key: &str) -> bool {
    let few = scene.turn.text.split_whitespace().count() <= 8;
    let free = draft.asks.iter().any(|ask| ask.field == *key && ask.kind == FieldKind::Text);
    let tapped = scene.turn.choice().is_some();
    few && (tapped || !free) && extra(scene, draft, key)
}

/// What was asked was not answered. Some things the ticket can do without.
fn in_vain(scene: &Scene<'_>, mut new: Draft, asked: &Field, question: &Reply, state: State) -> Move {
    match asked {
        // Asked in vain once already: staff will sort it.
        Field::Kategori if scene.before.failures > 0 => {
            let categories = &scene.facts.categories;
            if let Some(other) = categories.other().map(|other| other.key.clone()) {
                new.take_category(&other, categories);
                return proceed(scene, new, None);
            }
            Move::not_caught(scene, question, state)
        }
        Field::Extra(key) => {
            let optional = new.asks.iter().any(|ask| ask.field == *key && !ask.required);
            // What need not be answered is asked once.
            if optional {
                new.skipped.push(key.clone());
                return proceed(scene, new, None);
            }
            Move::not_caught(scene, question, state)
        }
        _ => Move::not_caught(scene, question, state),
    }
}

/// Reads the turn as the answer to what was asked. `true`: it is one.
fn answer(scene: &Scene<'_>, draft: &mut Draft, asked: &Field) -> bool {
    let turn = scene.turn;
    let categories = &scene.facts.categories;
    if let Some(key) = turn.chosen("kategori") {
        return draft.take_category(&Category::from(key), categories);
    }
    if let Field::Extra(key) = asked {
        return extra(scene, draft, key);
    }
    let letters = turn.text.chars().filter(|c| c.is_alphabetic()).count();
    if turn.choice().is_some() || letters < 3 || reading::chatter(turn) {
        return false;
    }
    match asked {
        Field::Deskripsi => describe(scene, draft),
        Field::Kategori => {
            let named = categories.named(&turn.text).map(|category| category.key.clone()).or_else(|| sure(scene));
            draft.kategori.is_none() && named.is_some_and(|key| draft.take_category(&key, categories))
        }
        Field::Alamat if draft.alamat.is_none() && !reading::does_not_know(turn) => place(scene, draft),
        Field::Alamat | Field::Extra(_) => false,
    }
}

fn describe(scene: &Scene<'_>, draft: &mut Draft) -> bool {
    if draft.deskripsi.is_some() {
        return false;
    }
    draft.describe(&scene.turn.text);
    draft.guess(scene.turn);
    if draft.kategori.is_none()
        && let Some(key) = sure(scene)
    {
        draft.take_category(&key, &scene.facts.categories);
    }
    draft.deskripsi.is_some()
}

fn place(scene: &Scene<'_>, draft: &mut Draft) -> bool {
    let understood = &scene.turn.understood;
    let more = understood.intent == Some(Intent::CreateComplaint)
        && understood.entities.kategori.is_some()
        && understood.categories.first().is_some_and(|(_, p)| *p >= SURE_OF_MORE);
    if more {
        draft.describe_more(&scene.turn.text);
        // "depan pasar lama, kabelnya masih menyala" says where, too.
        draft.alamat = draft.patokan.clone().filter(|_| understood.entities.patokan.is_some());
        return draft.alamat.is_some();
    }
    let place = place_in(&scene.turn.text, draft);
    draft.alamat = Some(draft.cleaned(&place));
    true
}

/// The answer to a question of the category's own.
fn extra(scene: &Scene<'_>, draft: &mut Draft, key: &str) -> bool {
    let Some(ask) = draft.asks.iter().find(|ask| ask.field == *key).cloned() else { return false };
    match answers::read(&ask, scene.turn, scene.facts.today()) {
        Reading::Answer(value) => {
            let value = match value {
                Value::String(text) if ask.choices.is_empty() => Value::String(draft.cleaned(&text)),
                other => other,
            };
            draft.fields.insert(ask.field, value);
        }
        Reading::Skip if !ask.required => draft.skipped.push(ask.field),
        Reading::Skip | Reading::Nothing => return false,
    }
    draft.forget_attempt();
    true
}

/// The answer as an address: as it was written, or tidied when it is nothing but RT, RW and kelurahan.
fn place_in(text: &str, draft: &Draft) -> String {
    let rest = grammar::read(text).without_places();
    let known = draft.patokan.clone().unwrap_or_else(|| draft.area());
    let nothing_else = rest.chars().filter(|c| c.is_alphabetic()).count() < 3;
    if nothing_else && !known.is_empty() { known } else { text.trim().chars().take(300).collect() }
}

/// The likeliest of the office's categories, when it is likely enough.
fn sure(scene: &Scene<'_>) -> Option<Category> {
    let likeliest = scene.turn.understood.categories.first().filter(|(_, p)| *p >= SURE_OF_CATEGORY)?;
    scene.facts.categories.get(&likeliest.0).map(|category| category.key.clone())
}

/// Another complaint, told of while one is being taken.
pub(super) fn another(scene: &Scene<'_>) -> Option<Pending> {
    let turn = scene.turn;
    let another = turn.choice().is_none()
        && turn.understood.intent == Some(Intent::CreateComplaint)
        && turn.understood.entities.deskripsi.is_some();
    another.then(|| Pending { text: turn.text.clone(), understood: turn.understood.clone() })
}
