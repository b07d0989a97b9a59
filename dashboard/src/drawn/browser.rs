//! The browser's end: fetches drawings, and exchanges what is live in them.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use web_sys::Element;

use super::drawn;
use crate::live::Feed;

/// Draws anew when the address changes, and exchanges live parts when a document has changed.
pub fn keep_drawn(address: Memo<String>, html: RwSignal<String>, place: NodeRef<Div>) {
    Effect::new(move |before: Option<String>| {
        let now = address.get();
        // What the server drew is in its place already.
        let is_there = before.is_none() && place.get_untracked().is_some_and(|place| place.child_element_count() > 0);
        if !is_there && before.as_ref() != Some(&now) {
            let wanted = now.clone();
            spawn_local(async move {
                match drawn(wanted.clone()).await {
                    Ok(fresh) if address.try_get_untracked().as_ref() == Some(&wanted) => html.set(fresh),
                    Ok(_) => {}
                    // The server's own answer says what is wrong, and asks to sign in if that is it.
                    Err(_) => {
                        let _ = window().location().set_href(&wanted);
                    }
                }
            });
        }
        now
    });
    expect_context::<Feed>().on_documents(move || {
        let wanted = address.get_untracked();
        spawn_local(async move {
            if let Ok(fresh) = drawn(wanted.clone()).await
                && address.try_get_untracked() == Some(wanted)
                && let Some(place) = place.get_untracked()
            {
                exchange(&place, &fresh);
            }
        });
    });
}

/// Exchanges what is inside of each part that is marked `data-live` and has changed.
fn exchange(place: &Element, fresh: &str) {
    let Ok(other) = document().create_element("div") else { return };
    other.set_inner_html(fresh);
    let Ok(parts) = place.query_selector_all("[data-live]") else { return };
    for part in (0..parts.length()).filter_map(|n| parts.get(n)) {
        let Ok(part) = part.dyn_into::<Element>() else { continue };
        let name = part.get_attribute("data-live").unwrap_or_default();
        if let Ok(Some(new)) = other.query_selector(&format!("[data-live=\"{name}\"]"))
            && new.inner_html() != part.inner_html()
        {
            part.set_inner_html(&new.inner_html());
        }
    }
}
