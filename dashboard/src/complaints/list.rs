//! `/complaints?status=&kategori=&q=&cursor=`

use contracts::complaint::BUILT_IN_CATEGORIES;
use contracts::{Category, ComplaintStatus};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::{A, Form};
use leptos_router::hooks::use_query_map;

use super::api::complaints;
use super::table::Rows;
use super::{Filter, List};
use crate::app::components::{Empty, Trouble};
use crate::live::Feed;

/// The list with its filter; new complaints and changes appear by themselves.
#[component]
pub fn ComplaintsPage() -> impl IntoView {
    let query = use_query_map();
    let filter = Memo::new(move |_| Filter::read(|name| query.read().get(name)));
    let data = Resource::new(move || filter.get(), complaints);
    let drawn = StoredValue::new(None);
    expect_context::<Feed>().on_news(None, move || data.refetch());
    view! {
        <Title text="Laporan"/>
        <h1>"Laporan"</h1>
        <FilterForm filter/>
        <section class="card" aria-label="Daftar laporan">
            <Transition fallback=|| view! { <p class="muted padded">"Memuat…"</p> }>
                {move || Suspend::new(async move {
                    match data.await {
                        Ok(list) => {
                            let filter = filter.get_untracked();
                            let again = drawn.try_update_value(|drawn| drawn.replace(filter.clone())).flatten().as_ref() == Some(&filter);
                            view! { <Found list filter again/> }.into_any()
                        }
                        Err(error) => view! { <Trouble error/> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

#[component]
fn Found(list: List, filter: Filter, again: bool) -> impl IntoView {
    if list.rows.is_empty() {
        return if filter.is_narrow() || filter.cursor.is_some() {
            view! { <Empty title="Tidak ada yang cocok" hint="Ubah atau kosongkan saringan di atas."/> }.into_any()
        } else {
            view! { <Empty title="Belum ada laporan" hint="Laporan warga dari WhatsApp akan muncul di sini dengan sendirinya."/> }
                .into_any()
        };
    }
    let first = filter.cursor.is_some().then(|| filter.from_cursor(None).href());
    let next = list.next_cursor.map(|cursor| filter.from_cursor(Some(cursor)).href());
    let has_pages = first.is_some() || next.is_some();
    view! {
        <Rows rows=list.rows again/>
        {has_pages.then(|| view! {
            <nav class="pages" aria-label="Halaman daftar">
                {first.map(|href| view! { <A href=href attr:class="button" attr:data-testid="page-first">"« Terbaru"</A> })}
                {next.map(|href| view! { <A href=href attr:class="button" attr:data-testid="page-next">"Berikutnya ›"</A> })}
            </nav>
        })}
    }
    .into_any()
}

/// A plain GET form: the address is the filter.
#[component]
fn FilterForm(filter: Memo<Filter>) -> impl IntoView {
    let is_status = move |status: ComplaintStatus| filter.read().status == Some(status);
    let is_category = move |key: &str| filter.read().kategori.as_ref() == Some(&Category::from(key));
    view! {
        <Form method="GET" action="/complaints" attr:class="filter" attr:role="search">
            <label class="field">
                <span>"Cari"</span>
                <input type="search" name="q" maxlength="100" placeholder="Nomor, alamat, atau isi laporan"
                    prop:value=move || filter.read().q.clone().unwrap_or_default()
                    value=filter.get_untracked().q data-testid="filter-q"/>
            </label>
            <label class="field">
                <span>"Status"</span>
                <select name="status" data-testid="filter-status">
                    <option value="">"Semua"</option>
                    {ComplaintStatus::ALL.into_iter().map(|status| view! {
                        <option value=status.as_str() selected=move || is_status(status)>{status.label()}</option>
                    }).collect_view()}
                </select>
            </label>
            <label class="field">
                <span>"Kategori"</span>
                <select name="kategori" data-testid="filter-kategori">
                    <option value="">"Semua"</option>
                    {BUILT_IN_CATEGORIES.into_iter().map(|(key, name)| view! {
                        <option value=key selected=move || is_category(key)>{name}</option>
                    }).collect_view()}
                </select>
            </label>
            <button class="button button-primary" type="submit" data-testid="filter-submit">"Saring"</button>
            <Show when=move || filter.read().is_narrow()>
                <A href="/complaints" attr:class="button" attr:data-testid="filter-clear">"Kosongkan"</A>
            </Show>
        </Form>
    }
}
