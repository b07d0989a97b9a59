//! The page's place in the browser: what the server drew, and who looks after it.

use leptos::ev::{KeyboardEvent, MouseEvent, SubmitEvent};
use leptos::html::Div;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::drawn::Drawing;

/// The lists and, beside them, one conversation. Both follow what happens by themselves.
#[component]
pub fn ChatPage() -> impl IntoView {
    // On the server it is there already; the browser keeps what the server drew.
    let html = use_context::<Drawing>().map(|drawing| drawing.0).unwrap_or_default();
    let place = NodeRef::<Div>::new();
    #[cfg(feature = "hydrate")]
    super::browser::look_after(place);
    let submit = move |event: SubmitEvent| {
        #[cfg(feature = "hydrate")]
        super::browser::submit(place, &event);
        drop(event);
    };
    let older = move |event: MouseEvent| {
        #[cfg(feature = "hydrate")]
        super::browser::older(place, &event);
        drop(event);
    };
    let enter = move |event: KeyboardEvent| {
        #[cfg(feature = "hydrate")]
        super::browser::enter(&event);
        drop(event);
    };
    view! {
        <Title text="Percakapan"/>
        <div class="chat-page" node_ref=place inner_html=html on:submit=submit on:click=older on:keydown=enter></div>
    }
}
