//! Changing a complaint: fields, or a move, or both, in one transaction, each with its entry and its event.

use std::collections::BTreeSet;

use chrono::{DateTime, SubsecRound, Utc};
use contracts::dto::case::{ComplaintView, UpdateComplaint};
use contracts::events::complaint::ComplaintUpdated;
use contracts::permissions::ASSIGN_COMPLAINTS;
use contracts::{ComplaintNumber, ComplaintStatus, OfficeId};
use platform::Tx;
use platform::http::Problem;
use platform::http::auth::Actor;
use platform::outbox::{self, Cause};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::draft::{self, Checker, Patch};
use super::sight::{self, Sight};
use super::store::{self, Entry, Key};
use super::transition::{self, ClockEffect, Given, Mover, ReopenWindow};
use super::{Complaint, events, words};
use crate::App;
use crate::calendar::{self, Calendar};
use crate::categories::{self, OpenCategory, answers};
use crate::citizens;
use crate::error::Error;
use crate::identity;

/// Who wants what changed.
#[derive(Debug)]
pub struct Request<'a> {
    pub office: OfficeId,
    pub key: Key,
    pub actor: &'a Actor,
    pub if_match: Option<i64>,
    pub body: &'a UpdateComplaint,
}

/// What is known once the request was read.
struct Step<'a> {
    app: &'a App,
    office: OfficeId,
    actor: &'a Actor,
    mover: Mover,
    now: DateTime<Utc>,
    calendar: Calendar,
}

/// Makes the change within the transaction. The caller commits and wakes the outbox.
pub async fn change(app: &App, tx: &mut Tx, request: &Request<'_>) -> Result<ComplaintView, Problem> {
    let Request { office, key, actor, if_match, body } = *request;
    let by_citizen = body.by_contact_id.is_some();
    let mut check = Checker::default();
    let patch = draft::read_patch(body, &mut check);
    if by_citizen && actor.person().is_some() {
        check.refuse("by_contact_id", "a person of the office can't speak for a citizen");
    }
    let assigns = [&body.assigned_agency, &body.assigned_to, &body.assigned_name].iter().any(|given| given.is_some());
    if assigns && actor.person().is_some() {
        actor.require(ASSIGN_COMPLAINTS)?;
    }
    let category = match &patch.kategori {
        Some(key) => {
            let category = categories::store::open(&app.ctx, tx, office, key).await?;
            if category.is_none() && !key.is_empty() {
                check.refuse("kategori", "is not one of the office's categories");
            }
            category
        }
        None => None,
    };
    let errors = check.finish();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    if body.status == Some(ComplaintStatus::Duplikat) {
        store::lock_duplicates(tx, office).await?;
    }

    let sight = Sight::of(actor);
    let mut complaint = match store::lock(tx, office, key).await? {
        Some(id) => store::find(&app.identities, tx, office, Key::Id(id))
            .await?
            .filter(|complaint| sight.sees(complaint))
            .ok_or(Error::NoComplaint)?,
        None => return Err(Error::NoComplaint.into()),
    };
    if if_match.is_some_and(|version| version != complaint.version) {
        return Err(Error::Stale(complaint.version).into());
    }
    if let Some(citizen) = body.by_contact_id
        && complaint.contact_id != Some(citizens::store::present_id(tx, office, citizen).await?)
    {
        return Err(Error::SomeoneElses.into());
    }
    let asked = match &category {
        Some(category) => category.fields.clone(),
        None if body.fields.is_empty() => Vec::new(),
        None => categories::store::find(tx, office, &complaint.kategori.0)
            .await?
            .map(|found| found.fields)
            .unwrap_or_default(),
    };
    let mut check = Checker::default();
    let given = body.fields.iter().filter(|(_, answer)| !answer.is_null());
    answers::check_given(&asked, &given.map(|(name, answer)| (name.clone(), answer.clone())).collect(), &mut check);
    let errors = check.finish();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let step = Step {
        app,
        office,
        actor,
        mover: sight::mover(actor, by_citizen),
        now: app.ctx.clock.now().trunc_subsecs(6),
        calendar: calendar::store::calendar(&app.ctx, tx, office, complaint.created_at).await?,
    };
    step.fields(tx, &mut complaint, &patch, category).await?;
    if let Some(to) = body.status {
        step.status(tx, &mut complaint, to, &patch, body.of, &sight).await?;
    }
    Ok(sight.view(&app.identities, &complaint))
}

impl Step<'_> {
    fn window(&self) -> ReopenWindow {
        ReopenWindow { days: self.app.reopen_days, now: self.now }
    }

    /// Changes fields; nothing happens if all are as they were.
    async fn fields(
        &self,
        tx: &mut Tx,
        complaint: &mut Complaint,
        patch: &Patch,
        category: Option<OpenCategory>,
    ) -> Result<(), Problem> {
        let before = words::of_complaint(complaint);
        let mut changes = apply(complaint, patch, category, &self.calendar);
        let added = match patch.media.as_slice() {
            [] => 0,
            media => store::add_media(tx, self.office, complaint.id, media).await?,
        };
        if added > 0 {
            changes.insert("media".to_owned(), json!({"added": added}));
        }
        if changes.is_empty() {
            return Ok(());
        }
        if self.mover == Mover::Citizen && complaint.status.is_closed() {
            let allowed = transition::allowed(complaint.standing(), self.mover, self.window());
            return Err(Error::Closed { allowed }.into());
        }
        self.rewrite_words(tx, complaint, &before).await?;
        self.next_version(complaint);
        let entry = Entry {
            changes: Value::Object(changes),
            reason: patch.words.reason.clone(),
            ..self.entry(complaint, "fields")
        };
        store::save(tx, complaint, &entry).await?;
        let event = ComplaintUpdated { facts: events::facts(complaint), remark: None, followers: Vec::new() };
        outbox::append(&self.app.ctx, tx, self.office, &event, &Cause::none()).await?;
        Ok(())
    }

    /// Lets the complaint be found by what it says now.
    async fn rewrite_words(
        &self,
        tx: &mut Tx,
        complaint: &Complaint,
        before: &BTreeSet<String>,
    ) -> Result<(), Problem> {
        let after = words::of_complaint(complaint);
        let (lost, gained): (BTreeSet<_>, BTreeSet<_>) =
            (before.difference(&after).cloned().collect(), after.difference(before).cloned().collect());
        words::store::remove(tx, self.office, complaint.id, complaint.created_at, &lost).await?;
        words::store::add(tx, self.office, complaint.id, complaint.created_at, &gained).await?;
        Ok(())
    }

    /// Makes a move.
    async fn status(
        &self,
        tx: &mut Tx,
        complaint: &mut Complaint,
        to: ComplaintStatus,
        patch: &Patch,
        of: Option<ComplaintNumber>,
        sight: &Sight,
    ) -> Result<(), Problem> {
        let words = &patch.words;
        let given = Given {
            remark: words.remark.as_deref(),
            question: words.question.as_deref(),
            reason: words.reason.as_deref(),
            agency: words.agency.as_deref(),
            original: of.is_some(),
        };
        let from = complaint.status;
        let clock = transition::transition(complaint.standing(), to, self.mover, given, self.window())
            .inspect_err(|_| self.app.metrics.refused.inc())
            .map_err(Error::Refused)?;
        let mut changes = Map::new();
        match to {
            ComplaintStatus::Duplikat => {
                let (id, number) = self.original(tx, complaint.id, of, sight).await?;
                complaint.duplicate_of = Some(id);
                self.hand_followers_on(tx, complaint, id).await?;
                changes.insert("duplicate_of".to_owned(), json!({"before": null, "after": number}));
            }
            ComplaintStatus::Dialihkan => {
                let agency = words.agency.clone().or_else(|| words.reason.clone());
                changes.insert("agency".to_owned(), json!({"before": complaint.agency, "after": agency}));
                complaint.agency = agency;
            }
            _ => {}
        }
        turn_clock(complaint, to, clock, self.now, &self.calendar);
        self.next_version(complaint);
        let entry = Entry {
            from_status: Some(from),
            to_status: Some(to),
            reason: words.reason.clone(),
            remark: words.remark.clone().or_else(|| words.question.clone()),
            changes: Value::Object(changes),
            ..self.entry(complaint, "status")
        };
        store::save(tx, complaint, &entry).await?;
        let followers = events::followers(&self.app.identities, tx, self.office, complaint).await?;
        let event = events::moved(complaint, from, words, of, followers, self.mover == Mover::Citizen);
        outbox::append(&self.app.ctx, tx, self.office, &event, &Cause::none()).await?;
        self.app.metrics.moved.with_label_values(&[to.as_str()]).inc();
        Ok(())
    }

    /// Whoever reported or followed the duplicate hears what becomes of the original.
    async fn hand_followers_on(&self, tx: &mut Tx, duplicate: &Complaint, original: Uuid) -> Result<(), Problem> {
        let identities = &self.app.identities;
        let before = identity::store::followers(identities, tx, self.office, duplicate.id).await?;
        let reporter = duplicate.contact_id.map(|contact| (contact, duplicate.id));
        for (contact, via) in before.into_iter().chain(reporter) {
            identity::store::follow(identities, tx, self.office, original, contact, via, self.now).await?;
        }
        Ok(())
    }

    /// The complaint that this one repeats: another one, visible to the caller, whose own originals don't lead back.
    async fn original(
        &self,
        tx: &mut Tx,
        duplicate: Uuid,
        of: Option<ComplaintNumber>,
        sight: &Sight,
    ) -> Result<(Uuid, ComplaintNumber), Problem> {
        let bad = |message: &str| Problem::from(Error::Invalid(vec![("of".into(), message.to_owned())]));
        let number = of.ok_or_else(|| bad("give the number of the original complaint"))?;
        let original = store::find(&self.app.identities, tx, self.office, Key::Number(number))
            .await?
            .filter(|original| sight.sees(original))
            .ok_or_else(|| bad("there is no complaint with this number"))?;
        if original.id == duplicate {
            return Err(bad("a complaint can't repeat itself"));
        }
        if store::leads_to(tx, self.office, original.id, duplicate).await? {
            return Err(bad("that complaint is itself a duplicate of this one"));
        }
        Ok((original.id, number))
    }

    fn next_version(&self, complaint: &mut Complaint) {
        complaint.version += 1;
        complaint.updated_at = self.now;
    }

    fn entry(&self, complaint: &Complaint, kind: &'static str) -> Entry {
        // A citizen is not named: the complaint knows whose it is.
        let actor = if self.mover == Mover::Citizen { "citizen".to_owned() } else { self.actor.label() };
        let actor_id = self.actor.person().map(|person| person.id.clone());
        Entry { kind, ..Entry::begin(self.office, complaint, actor, actor_id) }
    }
}

/// Puts the patch in and tells what is different now, by field, before and after.
fn apply(
    complaint: &mut Complaint,
    patch: &Patch,
    category: Option<OpenCategory>,
    calendar: &Calendar,
) -> Map<String, Value> {
    let mut changes = Map::new();
    let mut note = |field: &str, before: Value, after: Value| {
        if before != after {
            changes.insert(field.to_owned(), json!({"before": before, "after": after}));
        }
    };
    if let Some(category) = category {
        note("kategori", json!(complaint.kategori), json!(category.key));
        if complaint.kategori != category.key {
            complaint.time.sla = category.sla;
            complaint.time = complaint.time.recounted(calendar);
        }
        complaint.kategori = category.key;
        complaint.kategori_nama = category.name;
        // What nobody asks any more stays in the timeline only.
        let asked = |name: &String| category.fields.iter().any(|field| field.field == *name);
        for (name, before) in std::mem::take(&mut complaint.fields) {
            if asked(&name) {
                complaint.fields.insert(name, before);
            } else {
                note(&format!("fields.{name}"), before, Value::Null);
            }
        }
    }
    for (name, answer) in &patch.fields {
        let before = if answer.is_null() {
            complaint.fields.remove(name)
        } else {
            complaint.fields.insert(name.clone(), answer.clone())
        };
        note(&format!("fields.{name}"), before.unwrap_or_default(), answer.clone());
    }
    for (field, slot, new) in [
        ("assigned_agency", &mut complaint.assigned.agency, &patch.assigned_agency),
        ("assigned_to", &mut complaint.assigned.to, &patch.assigned_to),
        ("assigned_name", &mut complaint.assigned.name, &patch.assigned_name),
    ] {
        if let Some(new) = new {
            note(field, json!(slot), json!(new));
            slot.clone_from(new);
        }
    }
    if let Some(urgent) = patch.urgent {
        note("urgent", json!(complaint.urgent), json!(urgent));
        complaint.urgent = urgent;
    }
    if let Some(deskripsi) = &patch.deskripsi {
        note("deskripsi", json!(complaint.deskripsi), json!(deskripsi));
        complaint.deskripsi.clone_from(deskripsi);
    }
    let place = &mut complaint.place;
    if let Some(alamat) = &patch.alamat {
        note("alamat", json!(place.alamat), json!(alamat));
        place.alamat.clone_from(alamat);
    }
    if let Some((lat, lng)) = patch.pin {
        note("lat", json!(place.lat), json!(lat));
        note("lng", json!(place.lng), json!(lng));
        (place.lat, place.lng) = (Some(lat), Some(lng));
    }
    for (field, slot, new) in [
        ("patokan", &mut place.patokan, &patch.patokan),
        ("rt", &mut place.rt, &patch.rt),
        ("rw", &mut place.rw, &patch.rw),
        ("kelurahan", &mut place.kelurahan, &patch.kelurahan),
        ("kecamatan", &mut place.kecamatan, &patch.kecamatan),
    ] {
        if let Some(new) = new {
            note(field, json!(slot), json!(new));
            slot.clone_from(new);
        }
    }
    changes
}

/// Puts the complaint into its new status and moves its clock.
fn turn_clock(
    complaint: &mut Complaint,
    to: ComplaintStatus,
    effect: ClockEffect,
    now: DateTime<Utc>,
    calendar: &Calendar,
) {
    let from = std::mem::replace(&mut complaint.status, to);
    complaint.status_before = None;
    if let Some(paused_at) = complaint.time.paused_at.take() {
        complaint.time.paused_seconds += (now - paused_at).num_seconds().max(0);
        complaint.time = complaint.time.recounted(calendar);
    }
    match effect {
        ClockEffect::Runs | ClockEffect::Resumes => {}
        ClockEffect::Pauses => {
            complaint.status_before = Some(from);
            complaint.time.paused_at = Some(now);
        }
        ClockEffect::Stops => complaint.closed_at = Some(now),
        ClockEffect::StartsAnew => {
            complaint.closed_at = None;
            complaint.time = super::Timing::starting(now, complaint.time.sla, calendar);
            complaint.escalated_to = None;
        }
    }
}
