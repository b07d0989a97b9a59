//! What every page after sign-in has around it: navigation, the office, the person, the live feed.

use leptos::prelude::*;
use leptos_router::components::{A, Outlet};

use super::TitleCount;
use super::components::{Mark, Trouble};
use crate::error::AppError;
use crate::live::{LiveState, follow, provide_feed};
use crate::sessions::Viewer;
use crate::sessions::api::read_viewer;
use crate::staff::MANAGE_OFFICE;

/// Who is signed in, for every page below.
pub type ViewerResource = Resource<Result<Viewer, AppError>>;

/// Header, page, footer.
#[component]
pub fn Layout() -> impl IntoView {
    let who: ViewerResource = Resource::new(|| (), |()| read_viewer());
    provide_context(who);
    let feed = provide_feed();
    follow(feed);
    let TitleCount(title) = expect_context();
    Effect::new(move |_| {
        // What was heard since is newer than what was asked.
        if let Some(frame) = feed.frame.get().or_else(|| Some(who.get()?.ok()?.frame)) {
            title.set(frame.waiting);
            #[cfg(feature = "hydrate")]
            crate::live_chat::browser::show(&frame);
        }
    });
    view! {
        <a class="skip" href="#isi">"Langsung ke isi"</a>
        <header class="top">
            <div class="top-inner">
                <A href="/dashboard" attr:class="brand"><Mark/><span>"GovConnect"</span></A>
                <nav class="nav" aria-label="Halaman">
                    <A href="/dashboard">"Ringkasan"</A>
                    <A href="/complaints">"Laporan"</A>
                    <A href="/live-chat">"Percakapan"<Suspense>{move || Suspend::new(async move {
                        let count = who.await.map(|viewer| viewer.frame.waiting).unwrap_or_default();
                        view! { <span class="nav-count" title="menunggu petugas" data-count="waiting" data-testid="nav-waiting" hidden=count == 0>{count}</span> }
                    })}</Suspense></A>
                    <A href="/knowledge">"Pengetahuan"</A>
                    <A href="/documents">"Dokumen"</A>
                    <A href="/analytics">"Statistik"</A>
                </nav>
                <div class="top-end">
                    <LiveState/>
                    <Suspense>
                        {move || Suspend::new(async move {
                            who.await.ok().map(|viewer| view! { <Person viewer/> })
                        })}
                    </Suspense>
                </div>
            </div>
        </header>
        <main class="page" id="isi">
            <Suspense>
                {move || Suspend::new(async move {
                    match who.await {
                        Ok(viewer) => view! { <div class="problems" data-problems="true" inner_html=viewer.frame.problems></div> }.into_any(),
                        Err(error) => view! { <Trouble error/> }.into_any(),
                    }
                })}
            </Suspense>
            <Outlet/>
        </main>
    }
}

/// The office (with a switch when there are several), the person, and the way out.
#[component]
fn Person(viewer: Viewer) -> impl IntoView {
    let runs = viewer.may(MANAGE_OFFICE);
    let Viewer { name, role, office, offices, .. } = viewer;
    let switch = if offices.len() > 1 {
        view! {
            <form method="post" action="/office" class="switch">
                <label class="visually-hidden" for="kantor">"Kantor"</label>
                <select name="office_id" id="kantor" data-testid="office-select">
                    {offices.into_iter().map(|choice| {
                        let selected = choice.office_id == office.office_id;
                        view! { <option value=choice.office_id.to_string() selected=selected>{choice.name}</option> }
                    }).collect_view()}
                </select>
                <button class="button button-small" type="submit" data-testid="office-submit">"Pindah"</button>
            </form>
        }
        .into_any()
    } else {
        view! { <span class="office" data-testid="office-name">{office.name}</span> }.into_any()
    };
    view! {
        <nav class="nav-small" aria-label="Pengelolaan">
            <a href="/channel">"Kanal"</a>
            {runs.then(|| view! { <a href="/settings">"Pengaturan"</a> })}
        </nav>
        {switch}
        <span class="person"><strong data-testid="viewer-name">{name}</strong><small class="muted">{role.label()}</small></span>
        <form method="post" action="/logout">
            <button class="button button-small" type="submit" data-testid="logout">"Keluar"</button>
        </form>
    }
}
