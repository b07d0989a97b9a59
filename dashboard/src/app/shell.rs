//! The document around the pages, drawn on the server only.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use super::App;
use crate::pkg::Pkg;

/// The whole document. Without a browser half in the site folder there is none of its tags, and pages still read well.
pub fn shell(pkg: &Pkg) -> impl IntoView + use<> {
    let style = pkg.href("dashboard.css");
    let scripts = pkg.has_browser_half().then(|| {
        let (js, wasm) = (pkg.href("dashboard.js"), pkg.href("dashboard_bg.wasm"));
        let start = format!(
            "import('{js}').then(app => app.default({{ module_or_path: '{wasm}' }}).then(() => app.hydrate()));"
        );
        view! {
            <link rel="modulepreload" href=js nonce=use_nonce()/>
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
            <script type="module" nonce=use_nonce()>{start}</script>
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang="id">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="stylesheet" href=style/>
                {scripts}
                <MetaTags/>
            </head>
            <body data-hydrated="false">
                <App/>
            </body>
        </html>
    }
}
