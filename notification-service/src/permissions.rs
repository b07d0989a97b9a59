//! What persons need; services of ours may do all of this.

use platform::http::Problem;
use platform::http::auth::Actor;

/// Says something to citizens.
pub const SPEAK: &str = "complaint.update";
/// Changes the office's texts.
pub const WRITE_TEXTS: &str = "office.manage";
/// Exports and erases citizens' data.
pub const PRIVACY: &str = "citizen.privacy";

/// Whether the actor may.
pub fn check(actor: &Actor, permission: &str) -> Result<(), Problem> {
    match actor {
        Actor::Service => Ok(()),
        Actor::Person(_) => actor.require(permission).map(drop),
    }
}
