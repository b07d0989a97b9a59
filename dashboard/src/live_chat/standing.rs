//! How many wait, who has how many, and which numbers stand still: known once per office and process, not once per
//! browser.
//!
//! What must stay true: after a change of who has a conversation the next asker asks channel-service anew.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contracts::OfficeId;
use contracts::dto::Page;
use contracts::dto::channel::ConversationView;
use leptos::prelude::*;
use platform::http::client::{Call, CallError, Internal};
use serde::Deserialize;
use tokio::time::{Instant, timeout};
use tracing::warn;

use super::Frame;

/// Without news it is asked again after this long: the live feed may be away.
const GOOD_FOR: Duration = Duration::from_secs(5);
/// Pages don't wait longer for a channel-service that is away.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// More than this is "200".
const MOST: u32 = 200;

/// Where an office's conversations stand.
#[derive(Debug, Default)]
pub struct Standing {
    waiting: u32,
    held: BTreeMap<String, u32>,
    problems: Vec<String>,
}

impl Standing {
    /// What every page of this person shows of it.
    pub fn frame(&self, me: &str) -> Frame {
        Frame {
            waiting: self.waiting,
            mine: self.held.get(me).copied().unwrap_or_default(),
            problems: draw(&self.problems),
        }
    }
}

/// What was asked and when; without an answer: when it changed.
type Known = HashMap<OfficeId, (Instant, Option<Arc<Standing>>)>;

/// The standing of each office that anybody looks at.
#[derive(Debug, Default)]
pub struct Standings(Mutex<Known>);

/// A number as channel-service lists it.
#[derive(Debug, Deserialize)]
struct Number {
    phone_number_id: String,
    #[serde(default)]
    #[serde(rename = "display_phone_number")]
    display: Option<String>,
    #[serde(default)]
    problem: Option<String>,
}

impl Standings {
    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It has changed.
    pub fn forget(&self, office: OfficeId) {
        self.known().insert(office, (Instant::now(), None));
    }

    /// Everything may have changed.
    pub fn forget_all(&self) {
        for known in self.known().values_mut() {
            *known = (Instant::now(), None);
        }
    }

    /// Where the office stands; `None` while channel-service is away.
    pub async fn get(&self, channel: &Internal, office: OfficeId) -> Option<Arc<Standing>> {
        let known =
            self.known().get(&office).filter(|(at, _)| at.elapsed() < GOOD_FOR).and_then(|(_, known)| known.clone());
        if known.is_some() {
            return known;
        }
        let asked = Instant::now();
        match timeout(PATIENCE, ask(channel, office)).await {
            Ok(Ok(standing)) => {
                let standing = Arc::new(standing);
                // What changed meanwhile makes it old news.
                let mut known = self.known();
                if known.get(&office).is_none_or(|(at, _)| *at <= asked) {
                    known.insert(office, (asked, Some(standing.clone())));
                }
                Some(standing)
            }
            Ok(Err(error)) => {
                warn!(error = &error as &dyn std::error::Error, "nobody knows how many wait");
                None
            }
            Err(_) => None,
        }
    }
}

/// A banner for each number that stands still.
fn draw(problems: &[String]) -> String {
    let banners = problems.iter().cloned().map(|problem| {
        view! {
            <p class="banner banner-error" role="alert" data-testid="number-problem">{problem}" "<a href="/channel">"Periksa nomor"</a></p>
        }
    });
    banners.collect_view().to_html()
}

async fn ask(channel: &Internal, office: OfficeId) -> Result<Standing, CallError> {
    let call = Call::office(office);
    let waiting: Page<ConversationView> =
        channel.get(&format!("/internal/conversations?status=waiting&limit={MOST}"), &call).await?;
    let human: Page<ConversationView> =
        channel.get(&format!("/internal/conversations?status=human&limit={MOST}"), &call).await?;
    let numbers: Page<Number> = channel.get("/internal/numbers", &call).await?;
    let mut held = BTreeMap::new();
    for holder in human.data.into_iter().filter_map(|view| view.holder) {
        *held.entry(holder.id).or_default() += 1;
    }
    let problems = numbers.data.into_iter().filter_map(|number| {
        let name = number.display.unwrap_or(number.phone_number_id);
        Some(format!("Nomor {name} berhenti mengirim: {}", number.problem?))
    });
    Ok(Standing { waiting: u32::try_from(waiting.data.len()).unwrap_or(MOST), held, problems: problems.collect() })
}
