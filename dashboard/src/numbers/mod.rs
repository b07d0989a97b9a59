//! `/channel`: the office's WhatsApp numbers and how they do, what arrived and was not understood, and who is blocked.
//!
//! channel-service owns all of it; here is what staff see and press.

pub mod http;
pub mod page;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::Deserialize;

use crate::app::components::{Empty, When};

/// A number as channel-service shows it; never its token.
#[derive(Debug, Deserialize)]
pub struct Number {
    phone_number_id: String,
    #[serde(rename = "display_phone_number")]
    display: Option<String>,
    active: bool,
    #[serde(default)]
    has_own_token: bool,
    #[serde(default)]
    rate_per_second: Option<i32>,
    #[serde(default)]
    problem: Option<String>,
    #[serde(default)]
    problem_since: Option<DateTime<Utc>>,
}

/// Every number, and a way to let a stopped one go on.
fn table(numbers: Vec<Number>, may_change: bool) -> impl IntoView {
    if numbers.is_empty() {
        return view! { <Empty title="Belum ada nomor" hint="Nomor WhatsApp kantor ditambahkan oleh pengelola sistem."/> }.into_any();
    }
    let rows = numbers.into_iter().map(|number| {
        let (word, class) = match (&number.problem, number.active) {
            (Some(_), _) => ("Berhenti", "badge badge-ditolak"),
            (None, true) => ("Aktif", "badge badge-selesai"),
            (None, false) => ("Dimatikan", "badge"),
        };
        let resume = (number.problem.is_some() && may_change).then(|| {
            let action = format!("/channel/numbers/{}/resume", number.phone_number_id);
            view! {
                <form method="post" action=action>
                    <button class="button button-small button-primary" type="submit" data-testid="number-resume">"Coba kirim lagi"</button>
                </form>
            }
        });
        let problem = number.problem.map(|problem| {
            view! {
                <p class="late-text" data-testid="number-trouble">{problem}{number.problem_since.map(|at| view! { " · sejak "<When at/> })}</p>
            }
        });
        let name = number.display.unwrap_or_else(|| number.phone_number_id.clone());
        let rate = number.rate_per_second.map(|rate| format!(" · {rate} pesan/detik"));
        let token = if number.has_own_token { "token sendiri" } else { "token bawaan" };
        view! {
            <tr data-testid="number-row" data-number=number.phone_number_id.clone()>
                <th scope="row">{name}</th>
                <td><span class=class>{word}</span>{problem}</td>
                <td class="muted">{token}{rate}</td>
                <td>{resume}</td>
            </tr>
        }
    });
    view! {
        <table class="rows">
            <thead><tr><th scope="col">"Nomor"</th><th scope="col">"Keadaan"</th><th scope="col">"Pengiriman"</th><th scope="col"><span class="visually-hidden">"Tindakan"</span></th></tr></thead>
            <tbody>{rows.collect::<Vec<_>>()}</tbody>
        </table>
    }
    .into_any()
}
