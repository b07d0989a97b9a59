#![doc = include_str!("../README.md")]
// Pages are one type each, nested as deep as their elements.
#![recursion_limit = "256"]

pub mod app;
pub mod complaints;
pub mod drawn;
pub mod error;
pub mod live;
pub mod live_chat;
pub mod offices;
pub mod overview;
pub mod sessions;
pub mod staff;

#[cfg(feature = "ssr")]
pub mod activity;
#[cfg(feature = "ssr")]
pub mod analytics;
#[cfg(feature = "ssr")]
pub mod blocks;
#[cfg(feature = "ssr")]
pub mod channel_items;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod create_admin;
#[cfg(feature = "ssr")]
pub mod documents;
#[cfg(feature = "ssr")]
pub mod knowledge;
#[cfg(feature = "ssr")]
pub mod metrics;
#[cfg(feature = "ssr")]
pub mod numbers;
#[cfg(feature = "ssr")]
pub mod openapi;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod pkg;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod security;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod settings;

#[cfg(feature = "ssr")]
pub use config::Config;
#[cfg(feature = "ssr")]
pub use server::{Dashboard, MIGRATOR, Server, build};

/// Takes over the page that the server drew. Called by the script in the document's head.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    mark_hydrated();
}

/// `<body data-hydrated="true">`, once everything that was under way has been taken over.
#[cfg(feature = "hydrate")]
fn mark_hydrated() {
    leptos::prelude::request_animation_frame(|| {
        if let Some(body) = leptos::prelude::document().body() {
            // Only a marker for tests: nothing depends on it.
            let _ = body.set_attribute("data-hydrated", "true");
        }
    });
}
