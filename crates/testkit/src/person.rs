//! People behind calls.

use contracts::OfficeId;
use platform::http::auth::{Person, sign};

use crate::Test;
use crate::test::ACTOR_KEY;

impl Test {
    /// The `x-actor` token of a person of this office with these permissions.
    pub fn actor(&self, name: &str, office: Option<OfficeId>, permissions: &[&str]) -> String {
        let person = Person {
            id: format!("id-of-{name}"),
            name: name.to_owned(),
            office,
            role: "agent".to_owned(),
            permissions: permissions.iter().map(|&permission| permission.to_owned()).collect(),
        };
        sign(&person, &ACTOR_KEY.into(), self.clock.now()).unwrap_or_else(|error| panic!("no token: {error}"))
    }
}
