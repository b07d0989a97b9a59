//! What only a browser does on the page: puts rows and messages where they belong, sends forms without leaving, lets
//! clocks run.
//!
//! What must stay true: when somebody else takes the conversation the form is closed at once; what is being written is
//! never lost to a refresh; what is on the page already is not drawn again (a recording that plays goes on playing).

mod clock;
mod dom;
mod pieces;

use std::time::Duration;

use leptos::form::FromFormData as _;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};

use self::dom::{each, find, parse, root, set, word};
use self::pieces::{close, exchange, pieces, put_messages, put_row};
use super::api::{ChatAct, chat_act, chat_since};
use super::{News, Piece};
use crate::drawn::drawn;
use crate::live::Feed;

/// A burst of news asks for the conversation's surroundings once.
const SOON: Duration = Duration::from_millis(200);

pub use self::clock::show;

type Place = NodeRef<Div>;

/// Looks after the page in `place` until the owner is cleaned up.
pub fn look_after(place: Place) {
    let location = use_location();
    let address = Memo::new(move |_| {
        let search = location.search.get();
        let search = search.trim_start_matches('?');
        let mark = if search.is_empty() { "" } else { "?" };
        format!("{}{mark}{search}", location.pathname.get())
    });
    Effect::new(move |before: Option<String>| {
        let now = address.get();
        // What the server drew is in its place already.
        if before.is_none() && root(place).is_some_and(|root| root.child_element_count() > 0) {
            to_end(place);
        } else if before.as_ref() != Some(&now) {
            spawn_local(go(place, now.clone(), address));
        }
        now
    });
    let soon = StoredValue::new(false);
    let refresh = move || {
        if soon.try_get_value() == Some(false) {
            soon.set_value(true);
            let later = move || {
                if soon.try_set_value(false).is_none() {
                    spawn_local(refresh_pane(place, false));
                }
            };
            set_timeout(later, SOON);
        }
    };
    expect_context::<Feed>().on_chat(move |news| {
        if news.is_none() {
            spawn_local(catch_up(place));
        }
        if news.is_none_or(|news| hear(place, news)) {
            refresh();
        }
    });
    clock::keep_time();
}

/// The open conversation.
fn pane(place: Place) -> Option<Element> {
    find(&root(place)?, ".chat-pane")
}

/// Shows another address. A row's link says nothing of the list, which stays as it was.
async fn go(place: Place, wanted: String, address: Memo<String>) {
    let Ok(fresh) = drawn(wanted.clone()).await else {
        // The server's own answer says what is wrong, and asks to sign in if that is it.
        let _ = window().location().set_href(&wanted);
        return;
    };
    if address.try_get_untracked().as_ref() != Some(&wanted) {
        return;
    }
    let (Some(root), Some(new)) = (root(place), parse(&fresh)) else { return };
    let (Some(old), Some(new)) = (find(&root, ".chat"), find(&new, ".chat")) else {
        root.set_inner_html(&fresh);
        return to_end(place);
    };
    old.set_class_name(&new.class_name());
    let list = if wanted.contains('?') { ".chat-side" } else { ".none" };
    for part in [list, ".chat-place"] {
        if let (Some(old), Some(new)) = (find(&old, part), find(&new, part)) {
            old.set_inner_html(&new.inner_html());
        }
    }
    let open = pane(place).map(|pane| word(&pane, "data-id"));
    each(&old, ".chat-list > li", |row| {
        let current = (Some(word(&row, "data-id")) == open).then_some("true");
        set(&row, "aria-current", current);
    });
    to_end(place);
    if let Some(title) = find(&old, ".chat-head h2") {
        let _ = title.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}

fn to_end(place: Place) {
    if let Some(log) = root(place).and_then(|root| find(&root, ".chat-log")) {
        log.set_scroll_top(log.scroll_height());
    }
}

/// Shows news; `true`: what surrounds the open conversation may have changed.
fn hear(place: Place, news: &News) -> bool {
    let Some(root) = root(place) else { return false };
    if let Some(list) = find(&root, ".chat-list") {
        put_row(&list, news);
    }
    let Some(pane) = pane(place).filter(|pane| word(pane, "data-id") == news.row.id) else { return false };
    let fresh = news.message.as_ref().is_some_and(|piece| put_messages(&pane, std::slice::from_ref(piece)));
    let stands = word(&pane, "data-epoch") == news.epoch.to_string() && word(&pane, "data-status") == news.status;
    if !stands && news.holder_id != pane.get_attribute("data-me") {
        close(&pane, "true", Some("Percakapan ini baru saja berpindah tangan."));
    }
    fresh || !stands
}

/// Asks the server how the open conversation stands now.
async fn refresh_pane(place: Place, after_act: bool) {
    let Some(id) = pane(place).map(|pane| word(&pane, "data-id")) else { return };
    let Ok(html) = drawn(format!("/live-chat/{id}?bagian=percakapan")).await else { return };
    let Some(new) = parse(&html).and_then(|new| find(&new, ".chat-pane")) else { return };
    let Some(old) = pane(place).filter(|pane| word(pane, "data-id") == id) else { return };
    for name in ["data-epoch", "data-status"] {
        set(&old, name, Some(&word(&new, name)));
    }
    exchange(&old, &new, &["head", "notes", "complaints", "tools", "closed"]);
    let closed =
        |pane: &Element| find(pane, ".chat-composer").map(|form| word(&form, "data-closed")).unwrap_or_default();
    let was = closed(&old);
    close(&old, &closed(&new), None);
    if after_act
        && was != closed(&old)
        && let Some(text) = find(&old, ".chat-composer textarea")
    {
        let _ = text.unchecked_into::<web_sys::HtmlElement>().focus();
    }
    let fresh = pieces(&new);
    let known = |piece: &Piece| find(&old, &format!(".chat-messages > li[data-id=\"{}\"]", piece.id)).is_some();
    // So much was missed that there would be a hole: begin anew.
    if !fresh.iter().any(known) {
        each(&old, ".chat-messages > li", |item| item.remove());
        exchange(&old, &new, &["older"]);
    }
    put_messages(&old, &fresh);
}

/// After a gap: what changed since the list was drawn, in the order of commits.
async fn catch_up(place: Place) {
    let list = || find(&root(place)?, ".chat-list");
    let Some(after) = list().map(|list| word(&list, "data-after")) else { return };
    let caught = chat_since(after).await;
    let Some(list) = list() else { return };
    match caught {
        Ok(caught) if !caught.too_much => {
            for news in &caught.news {
                hear(place, news);
            }
            set(&list, "data-after", Some(&caught.after));
        }
        _ if list.has_attribute("data-narrow") => {}
        _ => {
            let fresh = drawn(format!("/live-chat?tab={}", word(&list, "data-tab"))).await.ok();
            let new = fresh.and_then(|html| find(&parse(&html)?, ".chat-side"));
            if let (Some(new), Some(old)) = (new, root(place).and_then(|root| find(&root, ".chat-side"))) {
                old.set_inner_html(&new.inner_html());
            }
        }
    }
}

/// Sends a form of ours without leaving the page. One that is under way is not sent twice.
pub fn submit(place: Place, event: &Event) {
    let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
    let Ok(ChatAct { act }) = ChatAct::from_event(event) else { return };
    event.prevent_default();
    if form.has_attribute("aria-busy") {
        return;
    }
    set(&form, "aria-busy", Some("true"));
    spawn_local(async move {
        let said = act.kind == "say";
        let done = chat_act(act).await;
        set(&form, "aria-busy", None);
        if let Some(error) = root(place).and_then(|root| find(&root, ".chat-error")) {
            error.set_text_content(done.as_ref().err().map(ToString::to_string).as_deref());
            set(&error, "hidden", done.is_ok().then_some(""));
        }
        if said && done.is_ok() {
            sent(&form);
        }
        refresh_pane(place, true).await;
    });
}

/// The answer is on its way: the form is for the next one, which is another act.
fn sent(form: &Element) {
    if let Some(text) = find(form, "textarea") {
        text.unchecked_into::<HtmlTextAreaElement>().set_value("");
    }
    if let (Some(key), Some(clock)) = (find(form, "[name=\"act[key]\"]"), window().performance()) {
        key.unchecked_into::<HtmlInputElement>().set_value(&format!("{}-{}", clock.time_origin(), clock.now()));
    }
}

/// Enter sends, Shift+Enter is a new line.
pub fn enter(event: &KeyboardEvent) {
    let text = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
    let Some(text) = text.filter(|text| text.name() == "act[text]") else { return };
    if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
        event.prevent_default();
        if let Some(form) = text.form() {
            let _ = form.request_submit();
        }
    }
}

/// Older messages come in above, and what is being read stays where it is.
pub fn older(place: Place, event: &Event) {
    let Some(link) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    let (true, Some(href)) = (link.has_attribute("data-older"), link.get_attribute("href")) else { return };
    event.prevent_default();
    link.remove();
    spawn_local(async move {
        let Ok(html) = drawn(format!("{href}&bagian=percakapan")).await else { return };
        let (Some(old), Some(new)) = (pane(place), parse(&html).and_then(|new| find(&new, ".chat-pane"))) else {
            return;
        };
        let Some(log) = find(&old, ".chat-log") else { return };
        let (top, height) = (log.scroll_top(), log.scroll_height());
        put_messages(&old, &pieces(&new));
        exchange(&old, &new, &["older"]);
        log.set_scroll_top(top + log.scroll_height() - height);
    });
}
