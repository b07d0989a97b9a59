//! Citizens who are kept and seen but not answered: who, why, until when, and letting them in again.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::Deserialize;

use crate::app::components::{Empty, When};

/// A block as channel-service shows it.
#[derive(Debug, Deserialize)]
pub struct Block {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    wa_user_id: Option<String>,
    reason: String,
    by_name: String,
    created_at: DateTime<Utc>,
    #[serde(default)]
    expires_at: Option<DateTime<Utc>>,
}

/// Those in force.
pub fn table(blocks: Vec<Block>) -> impl IntoView {
    if blocks.is_empty() {
        return view! { <Empty title="Tidak ada" hint="Warga diblokir dari halaman percakapannya."/> }.into_any();
    }
    let rows = blocks.into_iter().map(|block| {
        let who = block.name.or(block.wa_user_id).unwrap_or_else(|| "Warga tanpa nomor".to_owned());
        let until = match block.expires_at {
            Some(at) => view! { "sampai "<When at/> }.into_any(),
            None => view! { "sampai dicabut" }.into_any(),
        };
        view! {
            <tr data-testid="block-row">
                <th scope="row">{who}</th>
                <td class="row-text">{block.reason}</td>
                <td class="muted">{block.by_name}", "<When at=block.created_at/><br/>{until}</td>
                <td>
                    <form method="post" action=format!("/channel/blocks/{}/lift", block.id)>
                        <button class="button button-small" type="submit" data-testid="block-lift">"Cabut"</button>
                    </form>
                </td>
            </tr>
        }
    });
    view! {
        <table class="rows">
            <thead><tr><th scope="col">"Warga"</th><th scope="col">"Alasan"</th><th scope="col">"Oleh"</th><th scope="col"><span class="visually-hidden">"Tindakan"</span></th></tr></thead>
            <tbody>{rows.collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}
