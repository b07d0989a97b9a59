//! The page, drawn for one viewer: the lists, and one conversation with what stands around it.
//!
//! Called for the page itself, and by its browser half for the part that it wants anew (`bagian`). What is marked
//! `data-live` is exchanged when it has changed; rows and messages are put where they belong.

use chrono::{DateTime, Utc};
use contracts::dto::Page;
use contracts::dto::channel::ConversationView;
use http::StatusCode;
use leptos::prelude::*;
use leptos::server_fn::error::ServerFnUrlError;
use uuid::Uuid;

use super::client::{Ask, Chats};
use super::head::{self, Part};
use super::{ALL, Frame, MAX_TEXT, MINE, Piece, WAITING, complaints, rows};
use crate::Server;
use crate::app::components::{Empty, Trouble};
use crate::drawn::http::{Drawn, Query};
use crate::error::AppError;
use crate::sessions::Viewer;

/// `/live-chat` and `/live-chat/{id}?tab=&q=&cursor=&before=&bagian=`
pub async fn page(server: &Server, viewer: &Viewer, id: Option<&str>, query: &Query) -> Result<Drawn, AppError> {
    let chats = Chats { server: server.clone(), viewer: viewer.clone() };
    let part = query.get("bagian").unwrap_or_default();
    if part == "percakapan" {
        return Ok(Drawn::new(conversation(&chats, id.ok_or(AppError::NotFound)?, query).await?));
    }
    let word = |name| query.get(name).unwrap_or_default().to_owned();
    let usual = if id.is_some() { ALL } else { WAITING };
    let tab = [WAITING, MINE, ALL].into_iter().find(|tab| query.get("tab") == Some(tab)).unwrap_or(usual);
    let ask = Ask { tab: tab.to_owned(), q: word("q"), cursor: word("cursor") };
    let side = side(&chats, ask, id).await;
    let mut status = StatusCode::OK;
    let main = match id {
        None => nothing().into_any(),
        Some(id) => match conversation(&chats, id, query).await {
            Ok(pane) => pane.into_any(),
            Err(error) => {
                if error == AppError::NotFound {
                    status = StatusCode::NOT_FOUND;
                }
                away(error).into_any()
            }
        },
    };
    let class = if id.is_some() { "chat chat-open" } else { "chat" };
    let view = view! {
        <div class=class data-testid="chat">
            {side}
            <div class="chat-place">{main}</div>
        </div>
    };
    Ok(Drawn::new(view).status(status))
}

fn nothing() -> impl IntoView {
    view! {
        <section class="card chat-nothing">
            <Empty title="Pilih percakapan" hint="Warga yang menunggu petugas ada di daftar Menunggu. Percakapan lain dijawab asisten; Anda dapat membacanya kapan saja."/>
        </section>
    }
}

fn away(error: AppError) -> impl IntoView {
    view! {
        <section class="card padded">
            <p class="chat-back"><a href="/live-chat">"‹ Daftar"</a></p>
            <Trouble error/>
        </section>
    }
}

/// Tabs, search, and a list.
async fn side(chats: &Chats, ask: Ask, open: Option<&str>) -> impl IntoView + use<> {
    // Before the list: what changes in between is told twice rather than not at all.
    let after = chats.end_of_changes().await.unwrap_or_default();
    let found = chats.list(&ask).await;
    let frame = chats.frame().await;
    let tabs = [(WAITING, "Menunggu"), (MINE, "Punya saya"), (ALL, "Semua")].map(|(word, label)| {
        let current = if ask.tab == word { "page" } else { "false" };
        view! {
            <a href=format!("/live-chat?tab={word}") class="chat-tab" aria-current=current data-testid=format!("chat-tab-{word}")>
                {label}{count(word, &ask.tab, &frame, found.as_ref().ok())}
            </a>
        }
    });
    let list = match found {
        Ok(page) => list(page, &ask, open, &chats.me(), after, chats.now()).into_any(),
        Err(error) => view! { <Trouble error/> }.into_any(),
    };
    view! {
        <section class="card chat-side" aria-label="Daftar percakapan">
            <h1 class="chat-title">"Percakapan"</h1>
            <nav class="chat-tabs" aria-label="Daftar">{Vec::from(tabs)}</nav>
            <form method="get" action="/live-chat" class="chat-search" role="search">
                <input type="hidden" name="tab" value=ask.tab.clone()/>
                <label class="visually-hidden" for="cari-percakapan">"Cari nama atau nomor"</label>
                <input type="search" id="cari-percakapan" name="q" maxlength="100" placeholder="Cari nama atau nomor"
                    value=ask.q.clone() data-testid="chat-search"/>
                <button class="button button-small" type="submit">"Cari"</button>
            </form>
            {list}
        </section>
    }
}

/// How many there are; of all conversations as far as they are shown.
fn count(tab: &str, open: &str, frame: &Frame, shown: Option<&Page<ConversationView>>) -> impl IntoView + use<> {
    let text = match (tab, shown) {
        (WAITING, _) => frame.waiting.to_string(),
        (MINE, _) => frame.mine.to_string(),
        (_, Some(page)) if open == ALL => {
            format!("{}{}", page.data.len(), if page.next_cursor.is_some() { "+" } else { "" })
        }
        _ => String::new(),
    };
    let class = if tab == WAITING { "nav-count" } else { "nav-count nav-count-quiet" };
    let hidden = text.is_empty() || text == "0";
    let live = (tab != ALL).then(|| tab.to_owned());
    view! { <span class=class data-count=live hidden=hidden>{text}</span> }
}

fn list(
    page: Page<ConversationView>,
    ask: &Ask,
    open: Option<&str>,
    me: &str,
    after: String,
    now: DateTime<Utc>,
) -> impl IntoView + use<> {
    let narrow = !ask.q.is_empty() || !ask.cursor.is_empty();
    let (title, hint) = match ask.tab.as_str() {
        _ if narrow => ("Tidak ada yang cocok", "Cari dengan nama atau nomor lain."),
        WAITING => ("Tidak ada yang menunggu", "Warga yang meminta petugas muncul di sini dengan sendirinya."),
        MINE => ("Belum ada", "Percakapan yang Anda ambil alih ada di sini."),
        _ => ("Belum ada percakapan", "Percakapan muncul begitu warga menulis ke nomor kantor."),
    };
    let next = page.next_cursor.map(|cursor| {
        let mut address = url::form_urlencoded::Serializer::new(String::new());
        address.append_pair("tab", &ask.tab).append_pair("q", &ask.q).append_pair("cursor", &cursor);
        let href = format!("/live-chat?{}", address.finish());
        view! { <nav class="pages"><a class="button button-small" href=href data-testid="chat-next">"Lebih lama ›"</a></nav> }
    });
    let items = page.data.iter().map(|view| {
        let Piece { id, seq, version, html, .. } = rows::piece(view, now);
        let current = (open == Some(id.as_str())).then_some("true");
        view! { <li data-id=id data-seq=seq data-version=version aria-current=current inner_html=html></li> }
    });
    view! {
        <ol class="chat-list" data-testid=format!("chat-list-{}", ask.tab) data-tab=ask.tab.clone() data-me=me.to_owned() data-after=after
            data-narrow=narrow.then_some("true")>
            {items.collect::<Vec<_>>()}
        </ol>
        <Empty title hint/>
        {next}
    }
}

/// One conversation.
async fn conversation(chats: &Chats, id: &str, query: &Query) -> Result<impl IntoView + use<>, AppError> {
    let view = chats.view(id).await?;
    let (messages, more) = chats.messages(view.id, query.get("before")).await?;
    let part = Part::of(&chats.viewer, &view);
    if view.unread > 0 && part.may_take {
        chats.looked(view.id).await;
    }
    let beside = complaints::draw(chats.complaints_of(view.contact_id).await);
    let (office, now) = (chats.viewer.office.office_id, chats.now());
    let settings = chats.server.ctx.offices.settings(&chats.server.ctx.db, office).await;
    let warning = settings.map(|settings| settings.takeover_warning_seconds).unwrap_or_default();
    // A plain form that was refused leads back here.
    let error = query.get("__err").map(|text| ServerFnUrlError::<AppError>::decode_err(text).to_string());
    let is_fine = error.is_none();
    let composer = composer(view.id.to_string(), head::closed(&view, part, now));
    let id = view.id.to_string();
    let older = messages.first().filter(|_| more).map(|first| format!("/live-chat/{id}?before={}", first.id));
    let mut last_day = String::new();
    let items = messages.into_iter().map(|Piece { id, seq, version, day, html }| {
        let class = if day == last_day { "" } else { "new-day" };
        last_day.clone_from(&day);
        view! { <li class=class data-id=id data-seq=seq data-version=version data-day=day inner_html=html></li> }
    });
    let items: Vec<_> = items.collect();
    Ok(view! {
        <div class="chat-pane" data-testid="chat-pane" data-id=id.clone() data-epoch=view.epoch data-status=view.status.clone() data-me=chats.me()>
            <section class="card chat-main" aria-label="Percakapan">
                <p class="chat-back"><a href="/live-chat">"‹ Daftar"</a></p>
                <header class="chat-head" data-live="head" inner_html=head::head(&view, part, warning, now)></header>
                <div class="chat-notes" data-live="notes" inner_html=head::notes(&view)></div>
                <div class="chat-log" role="log" aria-label="Pesan" tabindex="0" data-testid="chat-log">
                    <p class="chat-older" data-live="older">
                        {older.map(|href| view! { <a class="button button-small" href=href data-older="true" data-testid="chat-older">"Muat lebih lama"</a> })}
                    </p>
                    <ol class="chat-messages">{items}</ol>
                </div>
                <p class="banner banner-error chat-error" role="alert" data-testid="chat-error" hidden=is_fine>{error.unwrap_or_default()}</p>
                {composer}
            </section>
            <aside class="chat-aside" aria-label="Tentang warga ini">
                <section class="card padded" aria-labelledby="laporan-warga">
                    <h2 id="laporan-warga">"Laporan warga ini"</h2>
                    <div data-live="complaints" inner_html=beside></div>
                </section>
                <div class="chat-tools" data-live="tools" inner_html=head::tools(&view, part)></div>
            </aside>
        </div>
    })
}

/// The form to answer: it stays while what surrounds it is drawn anew, so that nothing written is lost.
fn composer(id: String, closed: Option<String>) -> impl IntoView {
    let is_closed = closed.is_some();
    view! {
        <form method="post" action="/api/chat/act" class="chat-composer" data-testid="chat-composer" data-closed=is_closed.to_string()>
            <p class="chat-closed" role="status" data-live="closed" data-testid="chat-closed">{closed}</p>
            <input type="hidden" name="act[kind]" value="say"/>
            <input type="hidden" name="act[conversation_id]" value=id/>
            <input type="hidden" name="act[key]" value=Uuid::now_v7().to_string()/>
            <label class="visually-hidden" for="jawaban">"Jawaban untuk warga"</label>
            <textarea id="jawaban" name="act[text]" rows="2" maxlength=MAX_TEXT required disabled=is_closed
                placeholder="Tulis jawaban… (Enter mengirim, Shift+Enter baris baru)" data-testid="chat-text"></textarea>
            <button class="button button-primary" type="submit" disabled=is_closed data-testid="chat-send">"Kirim"</button>
        </form>
    }
}
