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
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the browser listens for.
pub const EVENTS: [&str; 4] = [
    ComplaintCreated::ROUTING_KEY,
    ComplaintUpdated::ROUTING_KEY,
    ComplaintStatusChanged::ROUTING_KEY,
    ComplaintSlaAtRisk::ROUTING_KEY,
];
/// Something was missed: ask for everything again.
pub const RESYNC: &str = "resync";

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
}

impl Feed {
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
    let feed = Feed { link: RwSignal::new(Link::Waiting), news: RwSignal::new(None) };
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
