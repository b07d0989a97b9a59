//! Who sees what of a complaint.
//!
//! `rahasia`: only whoever works on it and holders of `complaint.secret` see the report; services of ours see that it
//! exists, whose it is and where it stands, not what it says. `anonim`: persons see an alias; who it is they ask for, with
//! `identity.reveal` and a reason (`crate::identity`).

use contracts::dto::case::{ComplaintUpdateView, ComplaintView};
use contracts::permissions::{REVEAL_IDENTITY, SEE_SECRET, UPDATE_COMPLAINTS};
use platform::http::Problem;
use platform::http::auth::Actor;

use super::Complaint;
use super::transition::Mover;
use crate::identity::Identities;

/// What a caller may see. The pure half of an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The person's id, when it is no service of ours.
    pub person: Option<String>,
    /// Sees what `rahasia` complaints say.
    pub secret: bool,
    /// May ask who is behind `anonim` complaints.
    pub reveal: bool,
}

impl Sight {
    /// What this actor may see.
    pub fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Service => Self { person: None, secret: false, reveal: true },
            Actor::Person(person) => Self {
                person: Some(person.id.clone()),
                secret: actor.may(SEE_SECRET),
                reveal: actor.may(REVEAL_IDENTITY),
            },
        }
    }

    /// Whether the complaint exists for the caller at all.
    pub fn sees(&self, complaint: &Complaint) -> bool {
        !complaint.rahasia || self.secret || self.person.is_none() || self.works_on(complaint)
    }

    fn works_on(&self, complaint: &Complaint) -> bool {
        self.person.is_some() && self.person == complaint.assigned.to
    }

    /// Whether what it says is hidden.
    pub fn blurs(&self, complaint: &Complaint) -> bool {
        complaint.rahasia && !self.secret && !self.works_on(complaint)
    }

    /// The complaint as the caller may see it.
    pub fn view(&self, identities: &Identities, complaint: &Complaint) -> ComplaintView {
        let mut view = complaint.view();
        if view.anonim {
            view.alias = Some(identities.alias(complaint.id));
            // A service has to know whom to tell; a person asks for it, with a reason.
            view.contact_id = view.contact_id.filter(|_| self.person.is_none());
        }
        if self.blurs(complaint) {
            view.alamat = String::new();
            view.deskripsi = String::new();
            view.fields.clear();
            (view.lat, view.lng) = (None, None);
            (view.patokan, view.rt, view.rw, view.kelurahan, view.kecamatan) = (None, None, None, None, None);
        }
        view
    }

    /// An entry of its timeline as the caller may see it.
    pub fn update(&self, complaint: &Complaint, mut update: ComplaintUpdateView) -> ComplaintUpdateView {
        let about_identity = update.kind == "identity" && !self.reveal;
        if self.blurs(complaint) || about_identity {
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
        Actor::Person(_) => actor.require(UPDATE_COMPLAINTS).map(drop),
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
