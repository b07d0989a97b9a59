//! `/dashboard`

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

use super::api::read_overview;
use super::{Counts, Overview};
use crate::app::components::{Empty, Trouble};
use crate::complaints::table::Rows;
use crate::live::Feed;

/// Counts, and the newest complaints; both stay up to date by themselves.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let data = Resource::new(|| (), |()| read_overview());
    let drawn = StoredValue::new(false);
    expect_context::<Feed>().on_news(None, move || data.refetch());
    view! {
        <Title text="Ringkasan"/>
        <h1>"Ringkasan"</h1>
        <Transition fallback=|| view! { <p class="muted">"Memuat…"</p> }>
            {move || Suspend::new(async move {
                match data.await {
                    Ok(Overview { counts, newest }) => {
                        let again = drawn.try_update_value(|drawn| std::mem::replace(drawn, true)).unwrap_or_default();
                        view! {
                        {counts.map(|counts| view! { <CountCards counts/> })}
                        <section class="card" aria-labelledby="terbaru">
                            <div class="card-head">
                                <h2 id="terbaru">"Laporan terbaru"</h2>
                                <A href="/complaints">"Lihat semua"</A>
                            </div>
                            {if newest.is_empty() {
                                view! { <Empty title="Belum ada laporan" hint="Laporan warga dari WhatsApp akan muncul di sini dengan sendirinya."/> }.into_any()
                            } else {
                                view! { <Rows rows=newest again/> }.into_any()
                            }}
                        </section>
                        }.into_any()
                    }
                    Err(error) => view! { <Trouble error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn CountCards(counts: Counts) -> impl IntoView {
    let card = |label: &'static str, value: u64, name: &'static str, href: &'static str| {
        view! {
            <li class=format!("count count-{name}")>
                <A href=href>
                    <span class="count-value" data-testid=format!("count-{name}")>{value}</span>
                    <span class="count-label">{label}</span>
                </A>
            </li>
        }
    };
    view! {
        <ul class="counts" aria-label="Jumlah laporan">
            {card("Baru", counts.new, "new", "/complaints?status=baru")}
            {card("Dikerjakan", counts.in_work, "in-work", "/complaints?status=diproses")}
            {card("Lewat tenggat", counts.late, "late", "/complaints?sla=terlambat")}
            {card("Selesai hari ini", counts.done_today, "done-today", "/complaints?status=selesai")}
        </ul>
    }
}
