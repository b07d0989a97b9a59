//! The citizen's complaints beside their conversation.

use contracts::dto::Page;
use contracts::dto::case::ComplaintView;
use leptos::prelude::*;

/// Numbers with links, the newest first; or that they can't be had now.
pub fn draw(found: Option<Page<ComplaintView>>) -> String {
    let Some(page) = found else {
        return view! { <p class="muted">"Laporan warga ini sedang tidak dapat dimuat."</p> }.to_html();
    };
    if page.data.is_empty() {
        return view! { <p class="muted">"Belum ada laporan dari warga ini."</p> }.to_html();
    }
    let rows = page.data.into_iter().map(|view| {
        let number = view.complaint_id.to_string();
        let href = format!("/complaints/{number}");
        view! {
            <li>
                <a href=href data-testid="chat-complaint">{number}</a>
                <span class=format!("badge badge-{}", view.status.as_str())>{view.status.label()}</span>
                <span class="muted">{view.kategori_nama}</span>
            </li>
        }
    });
    view! { <ul class="chat-complaints">{rows.collect_view()}</ul> }.to_html()
}
