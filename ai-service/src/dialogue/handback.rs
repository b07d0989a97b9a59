//! After a person had the conversation: what they and the citizen said is taken over before the next answer.
//!
//! What must stay true: what the person settled is not asked again, and the bot neither begins anew nor falls silent.

use std::sync::LazyLock;

use contracts::ComplaintNumber;
use contracts::intent::Intent;
use regex::Regex;

use super::facts::{Facts, HumanPart};
use super::plan::{Move, Scene};
use super::state::Dialogue;
use super::words;
use super::{Field, State, correct, reading};
use crate::understanding::{grammar, normalize};

/// How the dialogue comes out of a person's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Back {
    /// What was under way goes on.
    Continues,
    /// Nothing is under way any more.
    Fresh,
}

static FINISHED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\b(laporan\w* .{0,30}(sudah|telah) .{0,20}(catat|dicatat|buat|dibuat|terima|diterima|teruskan|diteruskan|proses|diproses|input|masuk)",
        r"|(sudah|telah) .{0,12}(saya|kami|di)? ?(catat|buatkan|buat|teruskan|input|laporkan)\w*|sudah (selesai|beres|tuntas|dibuatkan|dilaporkan|ditangani|dibantu)",
        r"|tidak jadi (lapor|melapor)|batal (lapor|melapor)|selesai)\b",
    ))
    .expect("a fixed pattern")
});

/// Takes the human part into the dialogue.
pub(super) fn take_over(before: &mut Dialogue, part: &HumanPart, facts: &Facts) -> Back {
    before.human = Some(part.human.clone());
    (before.failures, before.anger, before.wordless) = (0, 0, 0);
    (before.offered, before.called_at) = (None, None);
    let number = part.officer.iter().rev().find_map(|text| grammar::complaint_number(text));
    before.about = number.or(before.about);
    // What was asked before somebody else spoke is no open question any more.
    if matches!(before.state, State::Cancelling { .. } | State::Following { .. }) {
        before.state = State::Idle;
    }
    if finished(part, number) {
        before.state = State::Idle;
        before.danger_flagged = false;
        return Back::Fresh;
    }
    let asked = match &before.state {
        State::Collecting { asked, .. } => Some(asked.clone()),
        _ => None,
    };
    let Some(draft) = before.state.draft_mut() else { return Back::Fresh };
    for turn in &part.citizen {
        let corrected = correct::apply(draft, &turn.text);
        let took = draft.absorb(turn, &facts.categories);
        if !(corrected || took || reading::chatter(turn))
            && asked == Some(Field::Deskripsi)
            && draft.deskripsi.is_none()
        {
            draft.describe(&turn.text);
            draft.guess(turn);
        }
    }
    for text in &part.officer {
        draft.absorb_place(&grammar::read(text).entities());
    }
    let draft = draft.clone();
    before.state = match draft.missing() {
        Some(asked) => State::Collecting { draft, asked },
        None => State::Confirming { draft },
    };
    Back::Continues
}

/// Whether the person has dealt with what was under way.
fn finished(part: &HumanPart, number: Option<ComplaintNumber>) -> bool {
    number.is_some() || part.officer.iter().any(|text| FINISHED.is_match(&normalize::line(text)))
}

/// "Tadi sama petugas sudah": thanks, and what was under way is dropped.
pub(super) fn settled(scene: &Scene<'_>) -> Option<Move> {
    if !reading::settled(scene.turn) {
        return None;
    }
    let reply = words::settled(scene.voice, scene.before.human.as_ref());
    let mut reply = contracts::message::Reply::text(reply);
    reply.buttons = words::after_settled(scene.voice);
    Some(Move::say(reply, State::Idle).meaning(Intent::Deny))
}
