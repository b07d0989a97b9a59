//! From the ids in payloads to contacts: many at a time, two that write for the first time at once are one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use contracts::{ContactId, OfficeId, WaUserId};
use platform::Tx;

use super::Contact;
use super::merge::Merge;
use super::store::{self, Alias, Profile};
use crate::inbound::parse::Sender;

/// Times to look again when another transaction was quicker.
const TRIES: usize = 5;

/// Ids that are one citizen's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub office: OfficeId,
    /// Kind and value, the one to show first.
    pub aliases: Vec<(&'static str, String)>,
    /// Contacts that they are beside that.
    pub known: Vec<ContactId>,
    pub name: Option<String>,
}

impl Wanted {
    /// The ids of whoever wrote a message, each in its canonical form.
    pub fn of(office: OfficeId, sender: &Sender) -> Self {
        let phone = sender.phone.as_deref().map(canonical);
        let aliases = [("phone", phone), ("bsuid", sender.bsuid.clone()), ("parent", sender.parent.clone())];
        Self {
            office,
            aliases: aliases.into_iter().filter_map(|(kind, value)| Some((kind, value?))).collect(),
            known: Vec::new(),
            name: sender.name.clone(),
        }
    }
}

/// One spelling per number; what is no number stays as it is.
pub fn canonical(phone: &str) -> String {
    WaUserId::parse(phone).map_or_else(|_| phone.to_owned(), |id| id.to_string())
}

/// The contacts, in the order of what was wanted, and which contacts turned out to be one.
#[derive(Debug, Default)]
pub struct Resolved {
    pub contacts: Vec<Contact>,
    /// Their rows are locked; the caller carries the merges out.
    pub merges: Vec<Merge>,
}

/// Finds or makes the contacts; every id that was shown is remembered.
pub async fn resolve_many(tx: &mut Tx, wanted: &[Wanted], now: DateTime<Utc>) -> Result<Resolved, sqlx::Error> {
    if wanted.is_empty() {
        return Ok(Resolved::default());
    }
    for _ in 0..TRIES {
        let plan = Plan::make(store::owners(tx, wanted).await?, wanted, now);
        if plan.changes_nothing() {
            if store::lock(tx, &plan.existing(), false).await? {
                return Ok(plan.resolved());
            }
            continue;
        }
        store::savepoint(tx).await?;
        if plan.carry_out(tx, now).await? {
            store::release(tx).await?;
            return Ok(plan.resolved());
        }
        // An id was taken or a contact merged away meanwhile: now it can be seen.
        store::roll_back(tx).await?;
    }
    Err(sqlx::Error::Protocol("contacts changed again and again; another time".to_owned()))
}

/// What is to be written.
#[derive(Debug, Default)]
struct Plan {
    profiles: BTreeMap<ContactId, Profile>,
    /// Contacts that turned out to be another one.
    into: HashMap<ContactId, ContactId>,
    fresh: BTreeSet<ContactId>,
    renamed: BTreeSet<ContactId>,
    aliases: BTreeMap<(OfficeId, String), (&'static str, ContactId)>,
    contacts: Vec<ContactId>,
}

impl Plan {
    fn make(owners: store::Owners, wanted: &[Wanted], now: DateTime<Utc>) -> Self {
        let mut plan = Self { profiles: owners.profiles, ..Self::default() };
        let mut known: HashMap<(OfficeId, String), ContactId> = owners.aliases;
        for one in wanted {
            let mut found: Vec<ContactId> = one
                .aliases
                .iter()
                .filter_map(|(_, value)| known.get(&(one.office, value.clone())).copied())
                .chain(one.known.iter().copied())
                .map(|id| plan.root(id))
                .filter(|id| plan.profiles.contains_key(id))
                .collect();
            // The older stays, whatever order the payloads come in.
            found.sort_by_key(|id| (plan.profiles.get(id).map(|profile| profile.created_at), *id));
            found.dedup();
            let owner = found.first().copied().unwrap_or_else(|| plan.add(one.office, now));
            for other in found.into_iter().skip(1).filter(|other| *other != owner) {
                plan.into.insert(other, owner);
            }
            for (kind, value) in &one.aliases {
                known.entry((one.office, value.clone())).or_insert_with(|| {
                    plan.aliases.insert((one.office, value.clone()), (*kind, owner));
                    owner
                });
            }
            plan.rename(owner, one);
            plan.contacts.push(owner);
        }
        plan
    }

    fn add(&mut self, office: OfficeId, now: DateTime<Utc>) -> ContactId {
        let id = ContactId::new();
        self.profiles.insert(id, Profile { office, created_at: now, name: None, shown: None });
        self.fresh.insert(id);
        id
    }

    fn root(&self, mut id: ContactId) -> ContactId {
        while let Some(next) = self.into.get(&id) {
            id = *next;
        }
        id
    }

    /// Keeps the name and number that WhatsApp shows now.
    fn rename(&mut self, owner: ContactId, one: &Wanted) {
        let Some(profile) = self.profiles.get_mut(&owner) else { return };
        let phone = one.aliases.first().filter(|(kind, _)| *kind == "phone").map(|(_, value)| value.clone());
        let shown =
            phone.or_else(|| profile.shown.clone()).or_else(|| one.aliases.first().map(|(_, value)| value.clone()));
        let name = one.name.clone().or_else(|| profile.name.clone());
        if (&shown, &name) != (&profile.shown, &profile.name) {
            (profile.shown, profile.name) = (shown, name);
            self.renamed.insert(owner);
        }
    }

    fn changes_nothing(&self) -> bool {
        self.fresh.is_empty() && self.renamed.is_empty() && self.aliases.is_empty() && self.into.is_empty()
    }

    /// Rows that were there before, in the order of locking.
    fn existing(&self) -> Vec<ContactId> {
        self.profiles.keys().copied().filter(|id| !self.fresh.contains(id)).collect()
    }

    /// `false`: another transaction was quicker; look again.
    async fn carry_out(&self, tx: &mut Tx, now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
        let stays = |id: &&ContactId| !self.into.contains_key(id);
        let fresh: Vec<(ContactId, &Profile)> =
            self.fresh.iter().filter(stays).filter_map(|id| Some((*id, self.profiles.get(id)?))).collect();
        store::insert_profiles(tx, &fresh).await?;
        let aliases: Vec<Alias<'_>> = self
            .aliases
            .iter()
            .map(|((office, value), (kind, owner))| Alias { office: *office, value, kind, contact: self.root(*owner) })
            .collect();
        if !store::insert_aliases(tx, &aliases).await?
            || !store::lock(tx, &self.existing(), !self.into.is_empty()).await?
        {
            return Ok(false);
        }
        let renamed: Vec<(ContactId, &Profile)> = self
            .renamed
            .iter()
            .filter(stays)
            .filter(|id| !self.fresh.contains(id))
            .filter_map(|id| Some((*id, self.profiles.get(id)?)))
            .collect();
        store::rename(tx, &renamed, now).await?;
        Ok(true)
    }

    fn resolved(&self) -> Resolved {
        let contacts = self.contacts.iter().map(|id| {
            let id = self.root(*id);
            Contact { contact_id: id, wa_user_id: self.profiles.get(&id).and_then(|profile| profile.shown.clone()) }
        });
        // A contact that was made in this very plan has no row yet and needs no merging.
        let mut merges: Vec<Merge> = self
            .into
            .keys()
            .filter(|from| !self.fresh.contains(from))
            .filter_map(|from| {
                Some(Merge { office: self.profiles.get(from)?.office, from: *from, into: self.root(*from) })
            })
            .collect();
        merges.sort_by_key(|merge| merge.from);
        Resolved { contacts: contacts.collect(), merges }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(phone: Option<&str>, bsuid: Option<&str>) -> Sender {
        Sender { phone: phone.map(str::to_owned), bsuid: bsuid.map(str::to_owned), ..Sender::default() }
    }

    #[test]
    fn ids_in_one_batch_lead_to_one_contact_and_no_row_is_made_twice() {
        let wanted = [
            Wanted::of(OfficeId::FIRST, &sender(Some("0812 3456 7890"), None)),
            Wanted::of(OfficeId::FIRST, &sender(None, Some("ID.1"))),
            Wanted::of(OfficeId::FIRST, &sender(Some("+62 812-3456-7890"), Some("ID.1"))),
        ];
        let plan = Plan::make(store::Owners::default(), &wanted, DateTime::UNIX_EPOCH);
        let resolved = plan.resolved();
        assert!(resolved.contacts.iter().all(|contact| contact.contact_id == resolved.contacts[0].contact_id));
        assert!(resolved.merges.is_empty(), "nothing was in the database");
        assert_eq!(plan.aliases.len(), 2);
    }

    #[test]
    fn two_known_contacts_are_merged_into_the_older() {
        let (old, new) = (ContactId::new(), ContactId::new());
        let profile = |days| Profile {
            office: OfficeId::FIRST,
            created_at: DateTime::UNIX_EPOCH + chrono::Duration::days(days),
            name: None,
            shown: None,
        };
        let owners = store::Owners {
            profiles: [(old, profile(1)), (new, profile(2))].into(),
            aliases: [((OfficeId::FIRST, "628111111111".to_owned()), new), ((OfficeId::FIRST, "ID.1".to_owned()), old)]
                .into(),
        };
        let wanted = [Wanted::of(OfficeId::FIRST, &sender(Some("628111111111"), Some("ID.1")))];
        let resolved = Plan::make(owners, &wanted, DateTime::UNIX_EPOCH).resolved();
        assert_eq!(resolved.merges, [Merge { office: OfficeId::FIRST, from: new, into: old }]);
        assert_eq!(resolved.contacts[0].contact_id, old);
    }
}
