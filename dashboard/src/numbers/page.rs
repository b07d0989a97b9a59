//! `/channel`, drawn.

use contracts::dto::Page;
use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::{Number, table};
use crate::Server;
use crate::app::components::Trouble;
use crate::blocks::{self, Block};
use crate::channel_items::{self, Letter, UnknownKind};
use crate::drawn::http::{Drawn, Query};
use crate::error::AppError;
use crate::live_chat::client::explain;
use crate::sessions::Viewer;
use crate::sessions::http::call_as;
use crate::staff::{BLOCK_CITIZENS, MANAGE_OFFICE};

/// Numbers for everybody; what arrived and blocks for who may see them.
pub async fn overview(server: &Server, viewer: &Viewer, query: &Query) -> Result<Drawn, AppError> {
    let runs = viewer.may(MANAGE_OFFICE);
    let numbers = ask::<Number>(server, viewer, "/internal/numbers").await;
    let numbers = section("Nomor WhatsApp", numbers.map(|page| table(page.data, runs).into_any()));
    let items = if runs {
        let unknown = ask::<UnknownKind>(server, viewer, "/internal/unknown?latest=5").await;
        let letters = ask::<Letter>(server, viewer, "/internal/dead-letters?limit=100").await;
        Some(view! {
            {section("Belum dikenali", unknown.map(|page| channel_items::kinds(page.data).into_any()))}
            {section("Gagal diproses", letters.map(|page| channel_items::letters(page.data).into_any()))}
        })
    } else {
        None
    };
    let blocks = if viewer.may(BLOCK_CITIZENS) {
        let blocks = ask::<Block>(server, viewer, "/internal/blocks?limit=200").await;
        Some(section("Warga yang diblokir", blocks.map(|page| blocks::table(page.data).into_any())))
    } else {
        None
    };
    let said = query.get("pesan").and_then(said).map(|text| {
        view! { <p class="banner banner-good" role="status" data-testid="notice">{text}</p> }
    });
    let trouble = query.get("galat").and_then(trouble).map(|text| {
        view! { <p class="banner banner-error" role="alert" data-testid="form-error">{text}</p> }
    });
    Ok(Drawn::new(view! {
        <h1>"Kanal WhatsApp"</h1>
        {said}
        {trouble}
        {numbers}
        {items}
        {blocks}
    }))
}

fn said(word: &str) -> Option<&'static str> {
    match word {
        "lanjut" => Some("Nomor dicoba lagi. Pesan yang tertahan sedang dikirim."),
        "ulang" => Some("Kiriman diproses ulang."),
        "buang" => Some("Kiriman dibuang."),
        "lepas" => Some("Blokir sudah dicabut."),
        _ => None,
    }
}

fn trouble(word: &str) -> Option<&'static str> {
    match word {
        "wewenang" => Some("Anda tidak berwenang melakukan ini."),
        "hilang" => Some("Data ini sudah tidak ada, mungkin sudah ditangani orang lain."),
        "gangguan" => Some("Layanan WhatsApp sedang tidak dapat dihubungi. Coba lagi sebentar lagi."),
        _ => None,
    }
}

fn section(title: &'static str, body: Result<AnyView, AppError>) -> impl IntoView {
    view! {
        <section class="card drawn-section" aria-label=title>
            <div class="card-head"><h2>{title}</h2></div>
            {body.unwrap_or_else(|error| view! { <Trouble error/> }.into_any())}
        </section>
    }
}

async fn ask<A: DeserializeOwned>(server: &Server, viewer: &Viewer, path: &str) -> Result<Page<A>, AppError> {
    server.channel.get(path, &call_as(server, viewer)?).await.map_err(|error| explain(&error))
}
