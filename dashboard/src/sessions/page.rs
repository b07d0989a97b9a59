//! The sign-in page: a plain form, so that it works before (and without) any script.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{SignInFailure, safe_next};
use crate::app::components::Mark;

/// `/login?next=&alasan=`
#[component]
pub fn LoginPage() -> impl IntoView {
    let query = use_query_map();
    let next = move || safe_next(query.read().get("next").as_deref()).to_owned();
    let failure = move || {
        query.read().get("alasan").as_deref().and_then(SignInFailure::from_word).map(|failure| {
            view! { <p class="banner banner-error" role="alert" data-testid="login-error">{failure.message()}</p> }
        })
    };
    view! {
        <Title text="Masuk"/>
        <main class="login" id="isi">
            <section class="login-card" aria-labelledby="judul">
                <div class="login-brand"><Mark/><span>"GovConnect"</span></div>
                <h1 id="judul">"Masuk ke dasbor"</h1>
                <p class="muted">"Untuk petugas kantor yang melayani laporan warga."</p>
                {failure}
                <form method="post" action="/login" class="stack">
                    <input type="hidden" name="next" value=next/>
                    <label class="field">
                        <span>"Nama pengguna"</span>
                        <input name="username" type="text" autocomplete="username" autocapitalize="none" spellcheck="false"
                            required maxlength="64" data-testid="login-username"/>
                    </label>
                    <label class="field">
                        <span>"Kata sandi"</span>
                        <input name="password" type="password" autocomplete="current-password" required maxlength="256"
                            data-testid="login-password"/>
                    </label>
                    <button class="button button-primary button-wide" type="submit" data-testid="login-submit">"Masuk"</button>
                </form>
            </section>
        </main>
    }
}
