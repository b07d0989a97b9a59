//! The page for addresses that lead nowhere.

use leptos::prelude::*;
use leptos_meta::Title;

/// Unknown address; the answer's status says so too.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! {
        <Title text="Tidak ditemukan"/>
        <main class="lost" id="isi" data-testid="not-found">
            <p class="lost-code">"404"</p>
            <h1>"Halaman ini tidak ada"</h1>
            <p class="muted">"Mungkin alamatnya salah ketik, atau halamannya sudah dipindahkan."</p>
            <a class="button button-primary" href="/dashboard" rel="external">"Ke ringkasan"</a>
        </main>
    }
}
