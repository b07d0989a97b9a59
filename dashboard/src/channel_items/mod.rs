//! What arrived from WhatsApp and was not understood, and what could not be handled: kept whole, shown to who runs the
//! office.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::Deserialize;

use crate::app::components::{Empty, When};
use crate::drawn::parts::Confirmed;

/// How much of a kind there is, and the latest of it.
#[derive(Debug, Deserialize)]
pub struct UnknownKind {
    kind: String,
    #[serde(default)]
    sort: String,
    count: i64,
    latest_at: DateTime<Utc>,
    #[serde(default)]
    latest: Vec<UnknownItem>,
}

#[derive(Debug, Deserialize)]
struct UnknownItem {
    reason: String,
    item: String,
    created_at: DateTime<Utc>,
}

/// An event that could not be handled.
#[derive(Debug, Deserialize)]
pub struct Letter {
    id: String,
    queue: String,
    routing_key: String,
    reason: String,
    died_at: DateTime<Utc>,
}

/// By kind, with counts and the latest bodies.
pub fn kinds(kinds: Vec<UnknownKind>) -> impl IntoView {
    if kinds.is_empty() {
        return view! { <Empty title="Tidak ada" hint="Semua yang dikirim WhatsApp dikenali."/> }.into_any();
    }
    let all = kinds.into_iter().map(|kind| {
        let sort = match kind.sort.as_str() {
            "notice" => "Kabar akun",
            "failed" => "Gagal dibaca",
            _ => "Jenis baru",
        };
        let items = kind.latest.into_iter().map(|item| {
            view! {
                <li>
                    <p class="muted"><When at=item.created_at/>" · "{item.reason}</p>
                    <pre class="raw" tabindex="0">{item.item}</pre>
                </li>
            }
        });
        view! {
            <details class="padded kind" data-testid="unknown-kind" data-kind=kind.kind.clone()>
                <summary>
                    <strong>{kind.kind.clone()}</strong>" "<span class="badge">{sort}</span>" "
                    <span data-testid="unknown-count">{kind.count}</span>" kali, terakhir "<When at=kind.latest_at/>
                </summary>
                <ul class="stack">{items.collect::<Vec<_>>()}</ul>
            </details>
        }
    });
    view! { <div>{all.collect::<Vec<_>>()}</div> }.into_any()
}

/// With a second try, and a way to let go.
pub fn letters(letters: Vec<Letter>) -> impl IntoView {
    if letters.is_empty() {
        return view! { <Empty title="Tidak ada" hint="Semua kiriman sudah diproses."/> }.into_any();
    }
    let rows = letters.into_iter().map(|letter| {
        let redrive = format!("/channel/letters/{}/redrive", letter.id);
        let drop = format!("/channel/letters/{}/drop", letter.id);
        view! {
            <tr data-testid="letter-row">
                <th scope="row">{letter.routing_key}<br/><small class="muted">{letter.queue}</small></th>
                <td class="row-text">{letter.reason}</td>
                <td class="row-when"><When at=letter.died_at/></td>
                <td>
                    <form method="post" action=redrive>
                        <button class="button button-small" type="submit" data-testid="letter-redrive">"Proses ulang"</button>
                    </form>
                    <Confirmed action=drop label="Buang" question="Kiriman ini hilang untuk selamanya." yes="Ya, buang" testid="letter-drop"/>
                </td>
            </tr>
        }
    });
    view! {
        <table class="rows">
            <thead><tr><th scope="col">"Kiriman"</th><th scope="col">"Sebab"</th><th scope="col">"Waktu"</th><th scope="col"><span class="visually-hidden">"Tindakan"</span></th></tr></thead>
            <tbody>{rows.collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}
