//! Who sees what of a complaint.
//!
//! `rahasia`: only holders of [`SECRET`] see the report; services of ours see that it exists, whose it is and where it
//! stands, not what it says. `anonim`: persons see who reported it only with [`REVEAL`].

use contracts::dto::case::{ComplaintUpdateView, ComplaintView};
use platform::http::Problem;
use platform::http::auth::Actor;

use super::Complaint;
use super::transition::Mover;

/// Takes and changes complaints.
pub const UPDATE: &str = "complaint.update";
/// Sees `rahasia` complaints.
pub const SECRET: &str = "complaint.secret";
/// Sees who is behind an `anonim` complaint.
pub const REVEAL: &str = "identity.reveal";

/// What a caller may see. The pure half of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// A person, rather than a service of ours.
    pub person: bool,
    /// Sees what `rahasia` complaints say.
    pub secret: bool,
    /// Sees who is behind `anonim` complaints.
    pub reveal: bool,
}

impl Sight {
    /// What this actor may see.
    pub fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Service => Self { person: false, secret: false, reveal: true },
            Actor::Person(_) => Self { person: true, secret: actor.may(SECRET), reveal: actor.may(REVEAL) },
        }
    }

    /// Whether the complaint exists for the caller at all.
    pub fn sees(self, complaint: &Complaint) -> bool {
        !complaint.rahasia || self.secret || !self.person
    }

    /// Whether what it says is hidden.
    pub fn blurs(self, rahasia: bool) -> bool {
        rahasia && !self.secret
    }

    /// The complaint as the caller may see it.
    pub fn view(self, complaint: &Complaint) -> ComplaintView {
        let mut view = complaint.view();
        if view.anonim && !self.reveal {
            view.contact_id = None;
        }
        if self.blurs(view.rahasia) {
            view.alamat = String::new();
            view.deskripsi = String::new();
            view.fields.clear();
            (view.lat, view.lng) = (None, None);
            (view.patokan, view.rt, view.rw, view.kelurahan, view.kecamatan) = (None, None, None, None, None);
        }
        view
    }

    /// An entry of its timeline as the caller may see it.
    pub fn update(self, rahasia: bool, mut update: ComplaintUpdateView) -> ComplaintUpdateView {
        if self.blurs(rahasia) {
            update.reason = None;
            update.remark = None;
            update.changes = serde_json::json!({});
        }
        update
    }
}

/// Whether the actor may take and change complaints: services may, persons need the permission.
pub fn may_write(actor: &Actor) -> Result<(), Problem> {
    match actor {
        Actor::Service => Ok(()),
        Actor::Person(_) => actor.require(UPDATE).map(drop),
    }
}

/// On whose behalf a change is made.
pub fn mover(actor: &Actor, by_citizen: bool) -> Mover {
    match (actor, by_citizen) {
        (_, true) => Mover::Citizen,
        (Actor::Person(_), false) => Mover::Staff,
        (Actor::Service, false) => Mover::Service,
    }
}
