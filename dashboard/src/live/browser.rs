//! The browser's end of the live feed: an `EventSource` that comes back by itself.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use super::{CHAT, DOCUMENT, EVENTS, FRAME, Feed, Link, News, Notice, RESYNC};
use crate::live_chat;

/// A refused connection (a proxy's 502, an ended session) is not retried by the browser itself.
const RETRY: Duration = Duration::from_secs(3);
/// A burst of events asks for data at most this often; the first of them at once.
const PAUSE: Duration = Duration::from_millis(250);

/// The open connection; gone with the component that follows.
type Current = StoredValue<Option<EventSource>, LocalStorage>;

/// Who hears of conversations.
type Ear = Rc<dyn Fn(Option<&live_chat::News>)>;

thread_local! {
    static EARS: RefCell<Vec<(u32, Ear)>> = const { RefCell::new(Vec::new()) };
}

/// Tells `ear` of conversations until the owner is cleaned up.
pub fn on_chat(ear: Ear) {
    let id = EARS.with_borrow_mut(|ears| {
        let id = ears.last().map_or(0, |(id, _)| id + 1);
        ears.push((id, ear));
        id
    });
    on_cleanup(move || EARS.with_borrow_mut(|ears| ears.retain(|(other, _)| *other != id)));
}

fn tell(news: Option<&live_chat::News>) {
    // Whoever hears may begin or cease to listen.
    let ears: Vec<Ear> = EARS.with_borrow(|ears| ears.iter().map(|(_, ear)| ear.clone()).collect());
    for ear in ears {
        ear(news);
    }
}

fn listen(source: &EventSource, name: &str, hear: impl Fn(String) + 'static) {
    let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        hear(event.data().as_string().unwrap_or_default());
    });
    let _ = source.add_event_listener_with_callback(name, listener.into_js_value().unchecked_ref());
}

/// Follows `/api/live` until the owner is cleaned up.
pub fn follow(feed: Feed) {
    let current: Current = StoredValue::new_local(None);
    on_cleanup(move || close(current));
    connect(feed, current, false);
}

fn close(current: Current) {
    if let Some(source) = current.try_update_value(Option::take).flatten() {
        source.close();
    }
}

fn connect(feed: Feed, current: Current, again: bool) {
    let Ok(source) = EventSource::new("/api/live") else { return };
    // The previous connection is closed already; when the component is gone, so is the place for this one.
    if current.try_update_value(|place| *place = Some(source.clone())).is_none() {
        source.close();
        return;
    }
    let pace = Pace::new(feed);
    let was_open = Cell::new(again);

    let on_open = {
        let pace = pace.clone();
        Closure::<dyn Fn()>::new(move || {
            feed.link.set(Link::Connected);
            if was_open.replace(true) {
                // What happened while nobody listened was missed.
                pace.news(None);
                tell(None);
            }
            // A document is often read sooner than the page that shows it is connected.
            feed.document_news();
        })
    };
    source.set_onopen(Some(on_open.into_js_value().unchecked_ref()));

    let on_error = {
        let source = source.clone();
        Closure::<dyn Fn()>::new(move || {
            if feed.link.try_set(Link::Lost).is_none() && source.ready_state() == EventSource::CLOSED {
                set_timeout(move || connect(feed, current, true), RETRY);
            }
        })
    };
    source.set_onerror(Some(on_error.into_js_value().unchecked_ref()));

    for name in EVENTS.into_iter().chain([RESYNC]) {
        let pace = pace.clone();
        listen(&source, name, move |text| {
            let notice: Notice = leptos::serde_json::from_str(&text).unwrap_or_default();
            pace.news(notice.complaint_id);
            if name == RESYNC {
                tell(None);
                feed.document_news();
            }
        });
    }
    listen(&source, DOCUMENT, move |_| feed.document_news());
    listen(&source, CHAT, |text| {
        if let Ok(news) = leptos::serde_json::from_str(&text) {
            tell(Some(&news));
        }
    });
    listen(&source, FRAME, move |text| {
        if let Ok(frame) = leptos::serde_json::from_str(&text) {
            let _ = feed.frame.try_set(Some(frame));
        }
    });
}

/// Hands news on, at most one refresh per pause, and none is lost.
#[derive(Clone)]
struct Pace {
    feed: Feed,
    resting: Rc<Cell<bool>>,
    /// What came meanwhile: `Some(None)` is about everything.
    held: Rc<RefCell<Option<Option<String>>>>,
}

impl Pace {
    fn new(feed: Feed) -> Self {
        Self { feed, resting: Rc::default(), held: Rc::default() }
    }

    fn news(&self, about: Option<String>) {
        if self.resting.get() {
            let mut held = self.held.borrow_mut();
            *held = Some(match held.take() {
                Some(other) if other != about => None,
                _ => about,
            });
            return;
        }
        self.resting.set(true);
        let _ = self.feed.news.try_update(|news| {
            let count = news.as_ref().map_or(0, |news| news.count) + 1;
            *news = Some(News { count, complaint_id: about });
        });
        let this = self.clone();
        set_timeout(
            move || {
                this.resting.set(false);
                let held = this.held.borrow_mut().take();
                if let Some(about) = held {
                    this.news(about);
                }
            },
            PAUSE,
        );
    }
}
