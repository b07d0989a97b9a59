//! What happens elsewhere, on this screen, without a reload.
//!
//! The server passes events of the viewer's office on as server-sent events that hold ids alone; a screen that shows one
//! of them asks for its data again. After a gap the browser is told `resync` and asks for everything it shows.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod hub;

use contracts::events::Event as _;
use contracts::events::complaint::{ComplaintCreated, ComplaintSlaAtRisk, ComplaintStatusChanged, ComplaintUpdated};
use contracts::events::document::DocumentChanged;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::live_chat::Frame;

/// What the browser listens for.
pub const EVENTS: [&str; 4] = [
    ComplaintCreated::ROUTING_KEY,
    ComplaintUpdated::ROUTING_KEY,
    ComplaintStatusChanged::ROUTING_KEY,
    ComplaintSlaAtRisk::ROUTING_KEY,
];
/// Something was missed: ask for everything again.
pub const RESYNC: &str = "resync";
/// A document or FAQ entry has changed.
pub const DOCUMENT: &str = DocumentChanged::ROUTING_KEY;
/// News of a conversation, drawn: see [`crate::live_chat::News`].
pub const CHAT: &str = "chat";
/// What every page's frame shows: see [`crate::live_chat::Frame`].
pub const FRAME: &str = "frame";

/// The data of one live event: ids, nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaint_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
}

/// Whether the screen is up to date by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    Waiting,
    Connected,
    Lost,
}

impl Link {
    /// The word in `data-state`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Connected => "connected",
            Self::Lost => "lost",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Menyambung",
            Self::Connected => "Langsung",
            Self::Lost => "Terputus",
        }
    }
}

/// One occasion to ask for data again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Rises with each, so that two alike are two.
    pub count: u64,
    /// `None`: everything.
    pub complaint_id: Option<String>,
}

/// The live feed as screens see it.
#[derive(Debug, Clone, Copy)]
pub struct Feed {
    link: RwSignal<Link>,
    news: RwSignal<Option<News>>,
    /// Rises with every news of documents.
    documents: RwSignal<u32>,
    /// How many wait and which numbers stand still, as last heard.
    pub frame: RwSignal<Option<Frame>>,
}

impl Feed {
    /// Calls `hear` for each news of a conversation, or with `None` when some may have been missed; until the caller's
    /// component is gone.
    #[cfg(feature = "hydrate")]
    pub fn on_chat(self, hear: impl Fn(Option<&crate::live_chat::News>) + 'static) {
        browser::on_chat(std::rc::Rc::new(hear));
    }

    #[cfg(feature = "hydrate")]
    fn document_news(self) {
        // Gone with its component, nobody minds.
        let _ = self.documents.try_update(|count| *count += 1);
    }

    /// Calls `refresh` soon after documents have changed, once for a burst. In the browser only.
    pub fn on_documents(self, refresh: impl Fn() + Copy + 'static) {
        let soon = StoredValue::new(false);
        Effect::new(move |before: Option<u32>| {
            let now = self.documents.get();
            if before.is_some_and(|before| before != now) && !soon.get_value() {
                soon.set_value(true);
                let later = move || {
                    // The component may be gone.
                    if soon.try_set_value(false).is_none() {
                        refresh();
                    }
                };
                set_timeout(later, std::time::Duration::from_millis(250));
            }
            now
        });
    }

    /// Calls `refresh` for news about this complaint (or any, if none is named). In the browser only.
    pub fn on_news(self, about: Option<Signal<String>>, refresh: impl Fn() + 'static) {
        Effect::new(move |_| {
            let Some(news) = self.news.get() else { return };
            let mine = about.map(|about| about.get_untracked());
            if mine.is_none() || news.complaint_id.is_none() || mine == news.complaint_id {
                refresh();
            }
        });
    }
}

/// Makes the feed known to everything below.
pub fn provide_feed() -> Feed {
    let feed = Feed {
        link: RwSignal::new(Link::Waiting),
        news: RwSignal::new(None),
        documents: RwSignal::new(0),
        frame: RwSignal::new(None),
    };
    provide_context(feed);
    feed
}

/// Follows the server's events from now until the caller's component is gone. Does nothing on the server.
pub fn follow(feed: Feed) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| browser::follow(feed));
    #[cfg(not(feature = "hydrate"))]
    let _ = feed;
}

/// Whether the screen is up to date by itself: `data-testid="live-state" data-state="connected"`.
#[component]
pub fn LiveState() -> impl IntoView {
    let feed = expect_context::<Feed>();
    view! {
        <span class="live" role="status" data-testid="live-state" data-state=move || feed.link.get().as_str()>
            <span class="live-dot" aria-hidden="true"></span>
            {move || feed.link.get().label()}
        </span>
    }
}
