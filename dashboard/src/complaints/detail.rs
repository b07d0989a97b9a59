//! `/complaints/{id}`

use contracts::dto::case::ComplaintView;
use leptos::html::Form;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use leptos_router::hooks::use_params_map;

use super::Detail;
use super::api::{MoveComplaint, complaint};
use super::change::ChangeForm;
use super::moves::offered;
use super::timeline::Timeline;
use crate::app::components::{StatusBadge, Trouble, When};
use crate::live::Feed;

/// One complaint: what it says, what happened, what may happen next. Follows changes by itself.
#[component]
pub fn ComplaintPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let change = ServerAction::<MoveComplaint>::new();
    let data = Resource::new(move || (id.get(), change.version().get()), |(id, _)| complaint(id));
    let form = NodeRef::<Form>::new();
    // What was sent is done with; what is being written while others change things stays.
    Effect::new(move |_| {
        if let (Some(Ok(())), Some(form)) = (change.value().get(), form.get_untracked()) {
            form.reset();
        }
    });
    expect_context::<Feed>().on_news(Some(id.into()), move || data.refetch());
    view! {
        <Title text=move || id.get()/>
        <p class="crumbs"><A href="/complaints">"‹ Semua laporan"</A></p>
        <Transition fallback=|| view! { <p class="muted">"Memuat…"</p> }>
            {move || Suspend::new(async move {
                match data.await {
                    Ok(detail) => view! { <Whole detail change form/> }.into_any(),
                    Err(error) => {
                        #[cfg(feature = "ssr")]
                        if error == crate::error::AppError::NotFound
                            && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
                        {
                            response.set_status(http::StatusCode::NOT_FOUND);
                        }
                        view! { <Trouble error/> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Whole(detail: Detail, change: ServerAction<MoveComplaint>, form: NodeRef<Form>) -> impl IntoView {
    let Detail { complaint, late, may_change } = detail;
    let view = complaint.complaint;
    let number = view.complaint_id;
    view! {
        <header class="detail-head" data-testid="complaint" data-complaint-id=number.to_string() data-status=view.status.as_str()
            data-version=view.version>
            <h1>{number.to_string()}</h1>
            <StatusBadge status=view.status/>
            {late.then(|| view! { <span class="late">"Lewat tenggat"</span> })}
            {view.rahasia.then(|| view! { <span class="secret">"Rahasia"</span> })}
            {view.anonim.then(|| view! { <span class="secret">"Anonim"</span> })}
        </header>
        <div class="detail">
            <div class="detail-main">
                <section class="card padded" aria-labelledby="isi-laporan">
                    <h2 id="isi-laporan">{view.kategori_nama.clone()}</h2>
                    <p class="report" data-testid="complaint-text">{what_it_says(&view)}</p>
                    {view! { <Facts view=view.clone()/> }.into_any()}
                    {(!complaint.media.is_empty()).then(|| view! {
                        <p class="muted">{format!("{} lampiran", complaint.media.len())}</p>
                    })}
                </section>
                {view! { <Timeline updates=complaint.updates/> }.into_any()}
            </div>
            <aside class="detail-side">
                {view! { <ChangeForm number version=view.version moves=offered(&complaint.allowed) may_change change form/> }.into_any()}
            </aside>
        </div>
    }
}

fn what_it_says(view: &ComplaintView) -> String {
    if view.rahasia && view.deskripsi.is_empty() {
        "Isi laporan ini rahasia dan hanya terlihat oleh yang berwenang.".to_owned()
    } else {
        view.deskripsi.clone()
    }
}

/// Where and when.
#[component]
fn Facts(view: ComplaintView) -> impl IntoView {
    let rt_rw = match (view.rt, view.rw) {
        (None, None) => None,
        (rt, rw) => {
            Some(format!("RT {} / RW {}", rt.unwrap_or_else(|| "–".to_owned()), rw.unwrap_or_else(|| "–".to_owned())))
        }
    };
    let place = match (view.lat, view.lng) {
        (Some(lat), Some(lng)) => Some(format!("{lat:.6}, {lng:.6}")),
        _ => None,
    };
    let fact = |label: &'static str, value: Option<String>| {
        value.filter(|value| !value.is_empty()).map(|value| view! { <div><dt>{label}</dt><dd>{value}</dd></div> })
    };
    view! {
        <dl class="facts">
            {fact("Alamat", Some(view.alamat))}
            {fact("RT/RW", rt_rw)}
            {fact("Kelurahan", view.kelurahan)}
            {fact("Kecamatan", view.kecamatan)}
            {fact("Patokan", view.patokan)}
            {fact("Koordinat", place)}
            <div><dt>"Masuk"</dt><dd><When at=view.created_at/></dd></div>
            <div><dt>"Tenggat"</dt><dd><When at=view.due_at/></dd></div>
            {view.closed_at.map(|at| view! { <div><dt>"Ditutup"</dt><dd><When at/></dd></div> })}
        </dl>
    }
}
