//! The life of a complaint as one table: from where to where, by whom, with what, and what the clock does.
//!
//! Nothing else decides about moves: HTTP asks [`transition`], screens ask [`allowed`]. What is not in the table is
//! refused with the moves that are.

use chrono::{DateTime, Duration, Utc};
use contracts::ComplaintStatus::{
    self, Baru, Dialihkan, Dibatalkan, DibukaKembali, Diproses, Ditolak, Duplikat, MenungguWarga, Selesai,
    Terverifikasi,
};

/// Who asks for a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mover {
    /// The citizen whose complaint it is, through the assistant.
    Citizen,
    /// A person of the office.
    Staff,
    /// A service of ours, which may speak for either.
    Service,
}

/// What a move can't do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Nothing,
    Remark,
    Question,
    Reason,
    /// To whom it goes: an agency, or a reason that names one.
    Agency,
    /// The complaint that it repeats.
    Original,
}

/// What a move does to the time that the office has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockEffect {
    Runs,
    Pauses,
    Resumes,
    Stops,
    StartsAnew,
}

/// Where a complaint stands now, as far as moves are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub status: ComplaintStatus,
    /// Where it goes back to, while it waits for its citizen.
    pub before: Option<ComplaintStatus>,
    pub closed_at: Option<DateTime<Utc>>,
}

/// What a caller gives along with a move.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'a> {
    pub remark: Option<&'a str>,
    pub question: Option<&'a str>,
    pub reason: Option<&'a str>,
    pub agency: Option<&'a str>,
    pub original: bool,
}

/// Why a move is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{from} can't become {to}")]
    NotAllowed { from: ComplaintStatus, to: ComplaintStatus, allowed: Vec<ComplaintStatus> },
    #[error("{field}: {message}")]
    Missing { field: &'static str, message: &'static str },
}

struct Rule {
    from: &'static [ComplaintStatus],
    to: ComplaintStatus,
    citizen: bool,
    staff: bool,
    needs: Need,
    clock: ClockEffect,
}

/// Every move but the way back from `menunggu_warga`, which depends on where the complaint came from.
const RULES: [Rule; 10] = [
    staff(&[Baru], Terverifikasi, Need::Nothing, ClockEffect::Runs),
    staff(&[Terverifikasi], Diproses, Need::Nothing, ClockEffect::Runs),
    staff(&[Diproses], Selesai, Need::Remark, ClockEffect::Stops),
    staff(&[Baru, Terverifikasi, Diproses], MenungguWarga, Need::Question, ClockEffect::Pauses),
    staff(&[Baru, Terverifikasi, Diproses], Ditolak, Need::Reason, ClockEffect::Stops),
    staff(&[Baru, Terverifikasi, Diproses], Dialihkan, Need::Agency, ClockEffect::Stops),
    staff(&[Baru, Terverifikasi, Diproses], Duplikat, Need::Original, ClockEffect::Stops),
    Rule {
        from: &[Baru, Terverifikasi, MenungguWarga],
        to: Dibatalkan,
        citizen: true,
        staff: false,
        needs: Need::Nothing,
        clock: ClockEffect::Stops,
    },
    Rule {
        from: &[Selesai, Ditolak],
        to: DibukaKembali,
        citizen: true,
        staff: true,
        needs: Need::Reason,
        clock: ClockEffect::StartsAnew,
    },
    staff(&[DibukaKembali], Diproses, Need::Nothing, ClockEffect::Runs),
];

const fn staff(from: &'static [ComplaintStatus], to: ComplaintStatus, needs: Need, clock: ClockEffect) -> Rule {
    Rule { from, to, citizen: false, staff: true, needs, clock }
}

impl Rule {
    fn is_open_to(&self, mover: Mover) -> bool {
        match mover {
            Mover::Citizen => self.citizen,
            Mover::Staff => self.staff,
            Mover::Service => true,
        }
    }
}

/// How long a citizen may reopen what was closed.
#[derive(Debug, Clone, Copy)]
pub struct ReopenWindow {
    pub days: i64,
    pub now: DateTime<Utc>,
}

impl ReopenWindow {
    fn is_open(self, standing: Standing) -> bool {
        standing.closed_at.is_some_and(|closed_at| self.now <= closed_at + Duration::days(self.days))
    }
}

/// What a move needs and does, if `mover` may make it.
fn rule(standing: Standing, to: ComplaintStatus, mover: Mover, window: ReopenWindow) -> Option<(Need, ClockEffect)> {
    if standing.status == MenungguWarga && standing.before == Some(to) {
        return Some((Need::Nothing, ClockEffect::Resumes));
    }
    let rule =
        RULES.iter().find(|rule| rule.to == to && rule.from.contains(&standing.status) && rule.is_open_to(mover))?;
    let too_late = to == DibukaKembali && mover == Mover::Citizen && !window.is_open(standing);
    (!too_late).then_some((rule.needs, rule.clock))
}

/// Where the complaint may go from here, in the order of a complaint's life.
pub fn allowed(standing: Standing, mover: Mover, window: ReopenWindow) -> Vec<ComplaintStatus> {
    ComplaintStatus::ALL.into_iter().filter(|to| rule(standing, *to, mover, window).is_some()).collect()
}

/// Whether the move is in the table and has what it needs; what the clock does then.
pub fn transition(
    standing: Standing,
    to: ComplaintStatus,
    mover: Mover,
    given: Given<'_>,
    window: ReopenWindow,
) -> Result<ClockEffect, Refusal> {
    let Some((need, clock)) = rule(standing, to, mover, window) else {
        return Err(Refusal::NotAllowed { from: standing.status, to, allowed: allowed(standing, mover, window) });
    };
    match missing(need, given) {
        Some((field, message)) => Err(Refusal::Missing { field, message }),
        None => Ok(clock),
    }
}

fn missing(need: Need, given: Given<'_>) -> Option<(&'static str, &'static str)> {
    match need {
        Need::Remark if given.remark.is_none() => Some(("remark", "say what was done, for the citizen")),
        Need::Question if given.question.is_none() => Some(("question", "say what the citizen is to answer")),
        Need::Reason if given.reason.is_none() => Some(("reason", "say why")),
        Need::Agency if given.agency.is_none() && given.reason.is_none() => Some(("agency", "say to whom it goes")),
        Need::Original if !given.original => Some(("of", "give the number of the original complaint")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const EVERYTHING: Given<'_> =
        Given { remark: Some("x"), question: Some("x"), reason: Some("x"), agency: Some("x"), original: true };

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).expect("a time")
    }

    fn window() -> ReopenWindow {
        ReopenWindow { days: 14, now: now() }
    }

    fn at(status: ComplaintStatus, before: Option<ComplaintStatus>) -> Standing {
        Standing { status, before, closed_at: status.is_closed().then(now) }
    }

    /// The table of the design, written out a second time, move by move.
    fn by_the_book(from: ComplaintStatus, before: Option<ComplaintStatus>, mover: Mover) -> BTreeSet<ComplaintStatus> {
        let staff: &[ComplaintStatus] = match from {
            Baru => &[Terverifikasi, MenungguWarga, Ditolak, Dialihkan, Duplikat],
            Terverifikasi => &[Diproses, MenungguWarga, Ditolak, Dialihkan, Duplikat],
            Diproses => &[Selesai, MenungguWarga, Ditolak, Dialihkan, Duplikat],
            Selesai | Ditolak => &[DibukaKembali],
            DibukaKembali => &[Diproses],
            MenungguWarga | Dialihkan | Duplikat | Dibatalkan => &[],
        };
        let citizen: &[ComplaintStatus] = match from {
            Baru | Terverifikasi | MenungguWarga => &[Dibatalkan],
            Selesai | Ditolak => &[DibukaKembali],
            _ => &[],
        };
        let mut all: BTreeSet<_> = match mover {
            Mover::Staff => staff.iter().copied().collect(),
            Mover::Citizen => citizen.iter().copied().collect(),
            Mover::Service => staff.iter().chain(citizen).copied().collect(),
        };
        all.extend(before);
        all
    }

    #[test]
    fn every_move_of_everyone_is_as_the_book_says() {
        for mover in [Mover::Citizen, Mover::Staff, Mover::Service] {
            for from in ComplaintStatus::ALL {
                let befores = match from {
                    MenungguWarga => vec![Some(Baru), Some(Terverifikasi), Some(Diproses)],
                    _ => vec![None],
                };
                for before in befores {
                    let standing = at(from, before);
                    let expected = by_the_book(from, before, mover);
                    for to in ComplaintStatus::ALL {
                        let moved = transition(standing, to, mover, EVERYTHING, window());
                        assert_eq!(moved.is_ok(), expected.contains(&to), "{mover:?}: {from} ({before:?}) -> {to}");
                    }
                    assert_eq!(allowed(standing, mover, window()).into_iter().collect::<BTreeSet<_>>(), expected);
                }
            }
        }
    }

    #[test]
    fn what_a_move_needs_is_named() {
        for (from, to, field) in [
            (Diproses, Selesai, "remark"),
            (Baru, MenungguWarga, "question"),
            (Baru, Ditolak, "reason"),
            (Baru, Dialihkan, "agency"),
            (Baru, Duplikat, "of"),
            (Selesai, DibukaKembali, "reason"),
        ] {
            let refused = transition(at(from, None), to, Mover::Staff, Given::default(), window());
            assert!(
                matches!(refused, Err(Refusal::Missing { field: named, .. }) if named == field),
                "{from} -> {to}: {refused:?}"
            );
        }
    }

    #[test]
    fn a_citizen_reopens_within_the_window_and_staff_at_any_time() {
        let closed = Standing { status: Selesai, before: None, closed_at: Some(now() - Duration::days(14)) };
        let late = Standing { closed_at: Some(now() - Duration::days(14) - Duration::seconds(1)), ..closed };
        assert!(transition(closed, DibukaKembali, Mover::Citizen, EVERYTHING, window()).is_ok());
        assert!(transition(late, DibukaKembali, Mover::Citizen, EVERYTHING, window()).is_err());
        assert!(transition(late, DibukaKembali, Mover::Staff, EVERYTHING, window()).is_ok());
    }

    fn status() -> impl Strategy<Value = ComplaintStatus> {
        prop::sample::select(ComplaintStatus::ALL.to_vec())
    }

    fn mover() -> impl Strategy<Value = Mover> {
        prop::sample::select(vec![Mover::Citizen, Mover::Staff, Mover::Service])
    }

    proptest! {
        /// Whatever anyone asks for in whatever order, what was said about a complaint stays consistent.
        #[test]
        fn no_path_breaks_a_complaint(asked in prop::collection::vec((status(), mover(), any::<bool>()), 1..40)) {
            let mut standing = at(Baru, None);
            let mut paused = false;
            for (to, mover, complete) in asked {
                let given = if complete { EVERYTHING } else { Given::default() };
                let offered = allowed(standing, mover, window());
                match transition(standing, to, mover, given, window()) {
                    Ok(clock) => {
                        prop_assert!(offered.contains(&to));
                        prop_assert_eq!(clock == ClockEffect::Resumes, standing.status == MenungguWarga && !to.is_closed());
                        prop_assert_eq!(clock == ClockEffect::Stops, to.is_closed());
                        paused = clock == ClockEffect::Pauses;
                        let before = (to == MenungguWarga).then_some(standing.status);
                        standing = at(to, before);
                    }
                    Err(Refusal::NotAllowed { from, allowed, .. }) => {
                        prop_assert_eq!(from, standing.status);
                        prop_assert!(!allowed.contains(&to));
                        prop_assert_eq!(allowed, offered);
                    }
                    Err(Refusal::Missing { .. }) => prop_assert!(offered.contains(&to) && !complete),
                }
                prop_assert_eq!(paused, standing.status == MenungguWarga);
                prop_assert!(standing.before.is_none_or(|before| [Baru, Terverifikasi, Diproses].contains(&before)));
            }
        }
    }
}
