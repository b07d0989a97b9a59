//! The training texts: read from `model/`, unfolded into utterances, the same ones every time.

use std::collections::BTreeMap;

use contracts::complaint::BUILT_IN_CATEGORIES;
use contracts::intent::Intent;
use sha2::{Digest, Sha256};

use super::linear::Random;

/// The shipped texts; the model carries their hash.
pub const PHRASES: &str = include_str!("../../../model/phrases.txt");
/// The shipped utterances.
pub const UTTERANCES: &str = include_str!("../../../model/utterances.txt");
const SLANG: &str = include_str!("../../../model/slang.tsv");
const EMPTY: &str = include_str!("../../../model/empty.txt");

/// Raised when training itself changes, so that the shipped model is known to be old.
const RECIPE: &str = "recipe 6";
/// How often a template is filled, unless it has fewer fillings.
const FILLINGS: usize = 8;
/// How often each complaint phrase is put into a template.
const WRAPPINGS: usize = 7;

/// How many texts of made-up words there are.
const NOISE: usize = 300;

/// One labelled utterance.
#[derive(Debug, Clone)]
pub struct Utterance {
    pub text: String,
    pub intent: usize,
    /// Which category, for complaints.
    pub category: Option<usize>,
    /// Utterances of one line or phrase share a group, so that calibration is not done on near copies.
    pub group: usize,
}

/// The hash of everything that training depends on.
pub fn hash() -> [u8; 32] {
    let mut hasher = Sha256::new();
    for text in [RECIPE, PHRASES, UTTERANCES, SLANG, EMPTY] {
        hasher.update(text.replace('\r', "").as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().into()
}

type Sections<'a> = BTreeMap<&'a str, Vec<&'a str>>;

fn sections(text: &str) -> Sections<'_> {
    let mut sections = Sections::new();
    let mut current = "";
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => current = name,
            None => sections.entry(current).or_default().push(line),
        }
    }
    sections
}

/// Every training utterance.
pub fn utterances() -> Vec<Utterance> {
    let phrases = sections(PHRASES);
    let templates = sections(UTTERANCES);
    let mut random = Random::seeded(20_261_120);
    let mut out = Vec::new();
    let mut group = 0;
    let complaint = position(Intent::CreateComplaint.as_str());

    for (name, lines) in &templates {
        let intent = position(name);
        for template in lines.iter().filter(|template| !about_a_problem(template)) {
            let fillings = if template.contains('{') { FILLINGS } else { 3 };
            for _ in 0..fillings {
                let text = vary(&fill(template, &phrases, &mut random), &mut random);
                out.push(Utterance { text, intent, category: None, group });
            }
            group += 1;
        }
    }
    let wrappers: Vec<&str> =
        templates.values().flatten().copied().filter(|template| about_a_problem(template)).collect();
    for (category, (key, _)) in BUILT_IN_CATEGORIES.iter().enumerate() {
        let details = phrases.get(format!("rinci.{key}").as_str());
        for phrase in phrases.get(format!("masalah.{key}").as_str()).into_iter().chain(details).flatten() {
            for round in 0..WRAPPINGS {
                let wrapper = if round == 0 { "{masalah}" } else { wrappers[random.below(wrappers.len())] };
                let mut text = wrapper.replace("{masalah}", phrase);
                while let (Some(details), true) = (details, text.contains("{rinci}")) {
                    text = text.replacen("{rinci}", details[random.below(details.len())], 1);
                }
                let text = fill(&text, &phrases, &mut random);
                let text = vary(&text, &mut random);
                out.push(Utterance { text, intent: complaint, category: Some(category), group });
            }
            group += 1;
        }
    }
    // Words of no language are nothing that the office can help with.
    let noise = position(Intent::OutOfScope.as_str());
    for _ in 0..NOISE {
        out.push(Utterance { text: gibberish(&mut random), intent: noise, category: None, group });
        group += 1;
    }
    out
}

/// One to three words that nobody knows.
fn gibberish(random: &mut Random) -> String {
    const FIRST: &[&str] =
        &["b", "d", "f", "g", "j", "k", "kr", "l", "m", "n", "p", "pl", "r", "s", "t", "tr", "v", "w", "x", "z"];
    const MIDDLE: &[&str] = &["a", "e", "i", "o", "u"];
    const LAST: &[&str] = &["", "", "k", "l", "m", "n", "p", "r", "x", "z", "nk", "ft"];
    let mut words = Vec::new();
    for _ in 0..=random.below(3) {
        let mut word = String::new();
        for _ in 0..=1 + random.below(3) {
            for part in [FIRST, MIDDLE, LAST] {
                word.push_str(part[random.below(part.len())]);
            }
        }
        words.push(word);
    }
    words.join(" ")
}

/// Whether a template takes a complaint: it is then filled for every category.
fn about_a_problem(template: &str) -> bool {
    template.contains("{masalah}") || template.contains("{rinci}")
}

fn position(intent: &str) -> usize {
    Intent::ALL.iter().position(|known| known.as_str() == intent).expect("the training texts name known intents")
}

fn fill(template: &str, phrases: &Sections<'_>, random: &mut Random) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (slot, after) = after.split_once('}').expect("every slot in the training texts is closed");
        let choices = phrases.get(slot).expect("every slot in the training texts exists");
        text.push_str(before);
        text.push_str(choices[random.below(choices.len())]);
        rest = after;
    }
    text.push_str(rest);
    text
}

/// As people type: now and then a letter too few, two in the wrong order, a vowel left out.
fn vary(text: &str, random: &mut Random) -> String {
    if random.below(3) != 0 {
        return text.to_owned();
    }
    let mut words: Vec<Vec<char>> = text.split(' ').map(|word| word.chars().collect()).collect();
    let at = random.below(words.len());
    let word = &mut words[at];
    if word.len() >= 5 && word.iter().all(|c| c.is_alphabetic()) {
        let i = 1 + random.below(word.len() - 2);
        match random.below(3) {
            0 => {
                word.remove(i);
            }
            1 => word.swap(i, i + 1),
            _ => {
                let mut first = true;
                word.retain(|c| std::mem::take(&mut first) || !"aiueo".contains(*c));
            }
        }
    }
    let words: Vec<String> = words.into_iter().map(|word| word.into_iter().collect()).collect();
    words.join(" ")
}
