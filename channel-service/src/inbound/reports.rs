//! Status reports of a batch: they move messages forward, or wait for their send's answer.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use contracts::events::conversation::StatusChanged;
use contracts::message::MessageStatus;
use contracts::{MessageId, OfficeId};
use platform::Tx;
use platform::outbox::{self, Cause};
use uuid::Uuid;

use super::ItemError;
use super::batch::Conversations;
use super::parse::StatusReport;
use super::store::{self, Change, Tracked};
use crate::App;
use crate::numbers::Number;
use crate::sending::errors::stops_number;
use crate::sending::progress::send_errors;

/// All reports of a batch.
#[derive(Debug, Default)]
pub struct Reports<'a> {
    reports: Vec<(&'a Number, &'a StatusReport, &'a Cause)>,
    tracked: Vec<Tracked>,
}

impl<'a> Reports<'a> {
    pub fn add(&mut self, number: &'a Number, report: &'a StatusReport, cause: &'a Cause) {
        self.reports.push((number, report, cause));
    }

    /// Which messages they are about.
    pub async fn find(&mut self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        if self.reports.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = self.reports.iter().filter_map(|(_, report, _)| Some(callback(report)?.0)).collect();
        let offices: BTreeSet<Uuid> = self.reports.iter().map(|(number, ..)| number.office.0).collect();
        let wamids: Vec<String> = self.reports.iter().map(|(_, report, _)| report.wamid.clone()).collect();
        self.tracked = store::tracked(tx, &ids, &offices.into_iter().collect::<Vec<_>>(), &wamids).await?;
        Ok(())
    }

    /// The conversations to lock.
    pub fn conversations(&self) -> Vec<Uuid> {
        self.tracked.iter().map(|message| message.conversation_id.0).collect()
    }

    /// Moves what can be moved; the conversations are locked. Answers the changes and events to write.
    pub async fn apply(
        &mut self,
        app: &App,
        tx: &mut Tx,
        conversations: &mut Conversations,
        stops: &mut Vec<(Number, i64, &'static str)>,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Change>, Vec<(OfficeId, outbox::Row)>), ItemError> {
        let mut told = (Vec::new(), Vec::new());
        if self.reports.is_empty() {
            return Ok(told);
        }
        // Silence about one message means something only while others are reported.
        let mut spoken: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
        for (number, report, ..) in &self.reports {
            // By WhatsApp's own time: a report that waited somewhere tells nothing of the time since.
            let latest = spoken.entry(number.phone_number_id.0.as_str()).or_insert(report.at.min(now));
            *latest = (*latest).max(report.at.min(now));
        }
        store::note_traffic(tx, &spoken).await?;
        let known: BTreeSet<MessageId> = self.tracked.iter().map(|message| message.id).collect();
        // Under the locks: a sender may have settled one of them meanwhile.
        self.find(tx).await?;
        let mut board = Board::new(std::mem::take(&mut self.tracked));
        let mut early = Vec::new();
        for (number, report, cause) in &self.reports {
            let Some(message) = board.message(number.office, report) else {
                early.push((number.office, *report));
                continue;
            };
            // Of an attempt that was given up only its arrival is news.
            let stale = message.former_wamids.contains(&report.wamid)
                && matches!(report.status, MessageStatus::Sent | MessageStatus::Failed);
            if stale || !message.status.may_become(report.status) {
                continue;
            }
            // A message that was made after the look has a conversation that is not locked: its report comes early.
            let Some(conversation) = conversations.get(message.conversation_id) else {
                if known.contains(&message.id) {
                    // Its conversation became part of another while we waited for it: once more, with that one locked.
                    return Err(sqlx::Error::Protocol("a conversation was merged meanwhile".to_owned()).into());
                }
                early.push((number.office, *report));
                continue;
            };
            let failed = report.status == MessageStatus::Failed;
            message.status = report.status;
            message.wamid.get_or_insert_with(|| report.wamid.clone());
            message.error = failed.then(|| report.errors.clone());
            message.moved = true;
            if let Some((code, explanation)) = stops_number(&report.errors).filter(|_| failed) {
                stops.push(((*number).clone(), code, explanation));
            }
            // What went out within it shares its fate, and has no name of its own.
            let whole = std::iter::once((message.id, Some(report.wamid.clone())));
            for (id, wamid) in whole.chain(message.carries.iter().map(|id| (*id, None))) {
                let seq = conversation.next_seq();
                told.0.push(Change { office: number.office, conversation: conversation.id, seq, message: id });
                let event = StatusChanged {
                    message_id: id,
                    conversation_id: conversation.id,
                    wamid,
                    status: report.status,
                    errors: if failed { send_errors(&report.errors) } else { Vec::new() },
                    at: report.at,
                };
                told.1.push((number.office, outbox::row(&app.ctx, number.office, &event, cause)?));
            }
        }
        store::keep_early(tx, &early).await?;
        store::move_messages(tx, &board.moved(), now).await?;
        Ok(told)
    }
}

fn callback(report: &StatusReport) -> Option<MessageId> {
    report.callback.as_deref().and_then(|id| id.parse().ok())
}

/// The messages by both of their names.
struct Board {
    messages: Vec<Tracked>,
    by_id: HashMap<MessageId, usize>,
    by_wamid: HashMap<(OfficeId, String), usize>,
}

impl Board {
    fn new(messages: Vec<Tracked>) -> Self {
        let by_id = messages.iter().enumerate().map(|(n, message)| (message.id, n)).collect();
        let by_wamid = messages
            .iter()
            .enumerate()
            .filter_map(|(n, message)| Some(((message.office, message.wamid.clone()?), n)))
            .collect();
        Self { messages, by_id, by_wamid }
    }

    /// By our own id, else by wamid; never another office's.
    fn message(&mut self, office: OfficeId, report: &StatusReport) -> Option<&mut Tracked> {
        let by_id = callback(report).and_then(|id| self.by_id.get(&id).copied());
        let n = by_id.or_else(|| self.by_wamid.get(&(office, report.wamid.clone())).copied())?;
        self.messages.get_mut(n).filter(|message| message.office == office)
    }

    fn moved(&self) -> Vec<&Tracked> {
        self.messages.iter().filter(|message| message.moved).collect()
    }
}
