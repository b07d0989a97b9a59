//! Who is behind an anonymous complaint: sealed under `IDENTITY_KEY`, apart from the complaint, and opened for what needs
//! it: to tell the citizen, to know their own complaints again, and for a person with a permission and a written reason.
//!
//! What must stay true: no row of `complaints` and no answer to a person names an anonymous reporter; every reveal stands
//! in the complaint's timeline.

pub mod http;
pub mod store;
pub mod worker;

use contracts::{ContactId, OfficeId};
use platform::sealed::{Broken, Vault};
use secrecy::SecretString;
use uuid::Uuid;

/// Seals, opens and recognises reporters. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Identities(Vault);

/// Letters and digits that nobody confuses over the telephone.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

impl Identities {
    /// Under the deployment's key.
    pub fn new(key: &SecretString) -> Self {
        Self(Vault::new(key, "identities"))
    }

    /// By what a reporter's complaints are found again.
    pub fn tag(&self, office: OfficeId, contact: ContactId) -> [u8; 32] {
        self.0.tag(&[office.0.into_bytes(), contact.0.into_bytes()].concat())
    }

    /// Seals a reporter for a complaint.
    pub fn seal(&self, complaint: Uuid, contact: ContactId) -> Result<Vec<u8>, Broken> {
        self.0.seal(contact.0.as_bytes(), complaint.as_bytes())
    }

    /// Opens a complaint's reporter.
    pub fn open(&self, complaint: Uuid, sealed: &[u8]) -> Result<ContactId, Broken> {
        let opened = self.0.open(sealed, complaint.as_bytes())?;
        Uuid::from_slice(&opened).map(ContactId).map_err(|_| Broken)
    }

    /// What staff call the reporter of this complaint. Two complaints of one citizen have two aliases.
    pub fn alias(&self, complaint: Uuid) -> String {
        let tag = self.0.tag(&[b"alias", complaint.as_bytes().as_slice()].concat());
        let letters: String = tag.iter().take(5).map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        format!("Pelapor {letters}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_citizen_has_one_tag_per_office_and_another_alias_per_complaint() {
        let identities = Identities::new(&"a key that is long enough".into());
        let (contact, other) = (ContactId::new(), OfficeId::new());
        assert_eq!(identities.tag(OfficeId::FIRST, contact), identities.tag(OfficeId::FIRST, contact));
        assert_ne!(identities.tag(OfficeId::FIRST, contact), identities.tag(other, contact));
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        assert_ne!(identities.alias(one), identities.alias(two));
        let sealed = identities.seal(one, contact).expect("sealed");
        assert_eq!(identities.open(one, &sealed), Ok(contact));
        assert_eq!(identities.open(two, &sealed), Err(Broken));
    }
}
