//! Complaints as rows: a table on a desk, cards on a phone.

use leptos::prelude::*;
use leptos_router::components::A;

use super::Row;
use crate::app::components::{StatusBadge, When};

/// The rows. One that is new or has changed since they were first drawn is drawn anew, and lights up once.
#[component]
pub fn Rows(
    rows: Vec<Row>,
    /// Whether the list was on the screen before.
    again: bool,
) -> impl IntoView {
    view! {
        <table class="rows" data-testid="complaint-list">
            <thead>
                <tr>
                    <th scope="col">"Nomor"</th>
                    <th scope="col">"Laporan"</th>
                    <th scope="col">"Status"</th>
                    <th scope="col">"Masuk"</th>
                    <th scope="col">"Tenggat"</th>
                </tr>
            </thead>
            <tbody>
                <For each=move || rows.clone() key=|row| (row.complaint_id, row.version, row.late) children=move |row| view! { <OneRow row fresh=again/> }/>
            </tbody>
        </table>
    }
}

#[component]
fn OneRow(row: Row, fresh: bool) -> impl IntoView {
    let number = row.complaint_id.to_string();
    let shown = number.clone();
    let href = format!("/complaints/{number}");
    let class = match (row.late, fresh) {
        (false, false) => "row",
        (false, true) => "row row-fresh",
        (true, false) => "row row-late",
        (true, true) => "row row-late row-fresh",
    };
    let what = match (row.rahasia, row.excerpt.is_empty()) {
        (true, true) => view! { <span class="secret">"Rahasia"</span> }.into_any(),
        (true, false) => view! { <span class="secret">"Rahasia"</span>" "{row.excerpt} }.into_any(),
        (false, _) => row.excerpt.into_any(),
    };
    view! {
        <tr class=class data-testid="complaint-row" data-complaint-id=number data-status=row.status.as_str()>
            <th scope="row"><A href=href attr:class="row-link">{shown}</A></th>
            <td>
                <div class="row-what">
                    <span class="row-kind">{row.kategori_nama}</span>
                    <span class="row-text">{what}</span>
                    <span class="row-place muted">{row.alamat}</span>
                </div>
            </td>
            <td><StatusBadge status=row.status/></td>
            <td class="row-when" data-label="Masuk"><When at=row.created_at/></td>
            <td class="row-when" data-label="Tenggat">
                <When at=row.due_at/>
                {row.late.then(|| view! { <span class="late">"Lewat"</span> })}
            </td>
        </tr>
    }
}
