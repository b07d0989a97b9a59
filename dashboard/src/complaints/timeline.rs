//! What happened to a complaint, newest first.

use contracts::dto::case::ComplaintUpdateView;
use leptos::prelude::*;

use crate::app::components::{StatusBadge, When};

/// The timeline.
#[component]
pub fn Timeline(mut updates: Vec<ComplaintUpdateView>) -> impl IntoView {
    updates.sort_by_key(|update| std::cmp::Reverse((update.version, update.at)));
    view! {
        <section class="card padded" aria-labelledby="riwayat">
            <h2 id="riwayat">"Riwayat"</h2>
            <ol class="timeline" data-testid="timeline">
                {updates.into_iter().map(|update| view! { <Entry update/> }.into_any()).collect_view()}
            </ol>
        </section>
    }
}

#[component]
fn Entry(update: ComplaintUpdateView) -> impl IntoView {
    let title = match update.kind.as_str() {
        "created" => "Laporan diterima",
        "status" => "Status diubah",
        _ => "Data diubah",
    };
    let fields = changed_fields(&update.changes);
    view! {
        <li class="entry" data-testid="timeline-entry">
            <p class="entry-head">
                <strong>{title}</strong>
                {update.to.map(|status| view! { <StatusBadge status/> })}
            </p>
            {update.remark.map(|text| view! { <p class="entry-text"><span class="muted">"Untuk warga: "</span>{text}</p> })}
            {update.reason.map(|text| view! { <p class="entry-text"><span class="muted">"Alasan: "</span>{text}</p> })}
            {(!fields.is_empty()).then(|| view! { <p class="entry-text muted">{format!("Yang berubah: {}", fields.join(", "))}</p> })}
            <p class="muted entry-foot">{actor(&update.actor)}" · "<When at=update.at/></p>
        </li>
    }
}

/// Names of changed fields that people know.
fn changed_fields(changes: &leptos::serde_json::Value) -> Vec<&'static str> {
    const NAMES: [(&str, &str); 9] = [
        ("kategori", "kategori"),
        ("alamat", "alamat"),
        ("deskripsi", "isi laporan"),
        ("patokan", "patokan"),
        ("rt", "RT"),
        ("rw", "RW"),
        ("kelurahan", "kelurahan"),
        ("kecamatan", "kecamatan"),
        ("lat", "titik lokasi"),
    ];
    NAMES.into_iter().filter(|(key, _)| changes.get(key).is_some()).map(|(_, name)| name).collect()
}

fn actor(label: &str) -> String {
    match label {
        "service:internal" | "" => "Sistem".to_owned(),
        "citizen" => "Warga".to_owned(),
        name => name.to_owned(),
    }
}
