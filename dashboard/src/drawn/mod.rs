//! Pages that only the server draws.
//!
//! Most of what staff read or fill in now and then needs no code in the browser: the server draws it whole, forms are
//! plain forms, and the browser half only fetches the drawing when a link is followed and exchanges the parts that are
//! marked `data-live` when something has changed. A form that is being filled in is never such a part. This keeps the
//! browser half small; pages that answer to every keystroke are ordinary components instead.
//!
//! What must stay true: a drawing is made of views alone, which escape every text, so that its HTML may be inserted.

#[cfg(feature = "hydrate")]
mod browser;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod parts;

use leptos::html::Div;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::error::AppError;

/// What the server has drawn for the page of this request.
#[derive(Debug, Clone)]
pub struct Drawing(pub String);

/// The drawing for an address, when the browser follows a link or hears of a change.
#[server(endpoint = "drawn", input = leptos::server_fn::codec::Json)]
pub async fn drawn(address: String) -> Result<String, AppError> {
    crate::error::answer(http::for_browser(&address).await)
}

/// A page that the server draws.
#[component]
pub fn DrawnPage(title: &'static str) -> impl IntoView {
    let location = use_location();
    let address = Memo::new(move |_| format!("{}{}", location.pathname.get(), question(&location.search.get())));
    // On the server it is there already; the browser keeps what the server drew.
    let html = RwSignal::new(use_context::<Drawing>().map(|drawing| drawing.0).unwrap_or_default());
    let place = NodeRef::<Div>::new();
    #[cfg(feature = "hydrate")]
    browser::keep_drawn(address, html, place);
    #[cfg(not(feature = "hydrate"))]
    let _ = address;
    view! {
        <Title text=title/>
        <div class="drawn" node_ref=place inner_html=move || html.get()></div>
    }
}

fn question(search: &str) -> String {
    if search.is_empty() { String::new() } else { format!("?{}", search.trim_start_matches('?')) }
}
