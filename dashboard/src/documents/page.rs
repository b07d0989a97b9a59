//! `/documents?q=&cursor=`: what there is, and the form that adds to it.

use contracts::DocumentId;
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tracing::error;

use super::file::{FileKind, LARGEST};
use super::{Document, removals, store};
use crate::Server;
use crate::app::components::{Empty, When};
use crate::drawn::http::{Drawn, Query};
use crate::drawn::parts::{Errors, Notice, SharedWord, StatusWord, size_text};
use crate::error::AppError;
use crate::sessions::Viewer;
use crate::staff::{MANAGE_KNOWLEDGE, Role};

/// Rows of one page.
const PAGE: usize = 30;
/// What the browser's file dialogue offers.
pub const ACCEPT: &str = ".pdf,.docx,.txt,.md,.html,.htm,.csv";

/// The page as it is opened.
pub async fn overview(server: &Server, viewer: &Viewer, query: &Query) -> Result<Drawn, AppError> {
    draw(server, viewer, query, Vec::new()).await
}

/// The page with what was not right about an upload.
pub async fn again(server: &Server, viewer: &Viewer, said: Vec<String>) -> Result<Drawn, AppError> {
    draw(server, viewer, &Query::default(), said).await
}

async fn draw(server: &Server, viewer: &Viewer, query: &Query, said: Vec<String>) -> Result<Drawn, AppError> {
    let office = viewer.office.office_id;
    let words = query.get("q").map(str::to_owned);
    let after = query.get("cursor").and_then(|text| text.parse::<DocumentId>().ok());
    let look = async {
        let mut tx = server.ctx.db.office(office).await?;
        let found = store::list(&mut tx, office, words.as_deref(), after, PAGE + 1).await?;
        let overdue = removals::store::overdue(&mut tx, office).await?;
        tx.commit().await?;
        Ok((found, overdue))
    };
    let (mut found, overdue) = look.await.map_err(|error| away(&error))?;
    let next = (found.len() > PAGE).then(|| {
        found.truncate(PAGE);
        let words = words.as_deref().map(|words| format!("q={}&", utf8_percent_encode(words, NON_ALPHANUMERIC)));
        let last = found.last().map(|last| last.document_id.to_string()).unwrap_or_default();
        format!("/documents?{}cursor={last}", words.unwrap_or_default())
    });
    let may_add = viewer.may(MANAGE_KNOWLEDGE);
    let may_share = viewer.role == Role::SuperAdmin;
    let word = query.get("pesan").map(str::to_owned);
    Ok(Drawn::new(view! {
        <header class="page-head">
            <div>
                <h1>"Dokumen"</h1>
                <p class="muted">"Peraturan, syarat layanan, dan pengumuman yang boleh dipakai asisten untuk menjawab warga."</p>
            </div>
        </header>
        <Notice word/>
        {may_add.then(|| view! { <UploadForm may_share said/> })}
        <Search words=words.clone()/>
        <section class="card" aria-label="Daftar dokumen" data-live="documents">
            {(overdue > 0).then(|| view! {
                <p class="banner banner-warn" role="status">
                    {format!("{overdue} dokumen yang dihapus belum dicabut dari pencarian karena layanan asisten tidak menjawab. Sistem terus mencobanya.")}
                </p>
            })}
            {if found.is_empty() && (words.is_some() || after.is_some()) {
                view! { <Empty title="Tidak ada yang cocok" hint="Ubah atau kosongkan pencarian di atas."/> }.into_any()
            } else if found.is_empty() {
                view! { <Empty title="Belum ada dokumen" hint="Unggah dokumen pertama agar asisten dapat menjawab dari isinya."/> }.into_any()
            } else {
                view! { <Table found/> }.into_any()
            }}
            {next.map(|href| view! {
                <nav class="pages" aria-label="Halaman daftar">
                    {after.is_some().then(|| view! { <a class="button" href="/documents">"« Terbaru"</a> })}
                    <a class="button" href=href data-testid="page-next">"Berikutnya ›"</a>
                </nav>
            })}
        </section>
    }))
}

/// In words for the person; the rest goes to the log.
pub fn away(error: &sqlx::Error) -> AppError {
    if platform::db::is_unavailable(error) {
        return AppError::Unavailable;
    }
    error!(error = error as &dyn std::error::Error, "knowledge could not be read");
    AppError::Internal
}

#[component]
fn UploadForm(may_share: bool, said: Vec<String>) -> impl IntoView {
    let megabytes = LARGEST / 1024 / 1024;
    view! {
        <section class="card padded" aria-labelledby="unggah">
            <h2 id="unggah">"Unggah dokumen"</h2>
            <Errors said/>
            <form method="post" action="/documents" enctype="multipart/form-data" class="upload">
                <label class="field">
                    <span>"Judul"<small class="muted optional">" (boleh kosong: dari nama berkas)"</small></span>
                    <input type="text" name="title" maxlength="300" placeholder="Misalnya: Syarat pembuatan KTP" data-testid="document-title"/>
                </label>
                {may_share.then(|| view! { <SharedBox checked=false/> })}
                <label class="field">
                    <span>"Berkas"</span>
                    <input type="file" name="file" required accept=ACCEPT data-testid="document-upload"/>
                    <small class="muted">{format!("PDF, DOCX, TXT, MD, HTML, atau CSV, paling besar {megabytes} MB.")}</small>
                </label>
                <button class="button button-primary" type="submit" data-testid="document-submit">"Unggah"</button>
            </form>
        </section>
    }
}

/// The switch that makes something all offices'.
#[component]
pub fn SharedBox(checked: bool) -> impl IntoView {
    view! {
        <label class="checkbox">
            <input type="checkbox" name="shared" value="on" checked=checked data-testid="shared-box"/>
            <span>"Berlaku untuk semua kantor"</span>
        </label>
    }
}

#[component]
fn Search(words: Option<String>) -> impl IntoView {
    let clear = words.is_some().then(|| view! { <a class="button" href="/documents">"Kosongkan"</a> });
    view! {
        <form method="get" action="/documents" class="search" role="search">
            <label class="field">
                <span class="visually-hidden">"Cari dokumen"</span>
                <input type="search" name="q" maxlength="100" placeholder="Cari judul atau nama berkas" value=words data-testid="document-search"/>
            </label>
            <button class="button" type="submit">"Cari"</button>
            {clear}
        </form>
    }
}

#[component]
fn Table(found: Vec<Document>) -> impl IntoView {
    view! {
        <table class="rows">
            <thead>
                <tr>
                    <th scope="col">"Dokumen"</th>
                    <th scope="col">"Status"</th>
                    <th scope="col">"Versi"</th>
                    <th scope="col">"Bagian"</th>
                    <th scope="col">"Diperbarui"</th>
                </tr>
            </thead>
            <tbody>{found.into_iter().map(|document| view! { <Row document/> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(document: Document) -> impl IntoView {
    let id = document.document_id.to_string();
    let file = document
        .file
        .map(|file| format!("{} · {} · {}", FileKind::label(&file.mime_type), size_text(file.size), file.name));
    view! {
        <tr class="row" data-testid="document-row" data-document-id=id.clone() data-status=document.status.as_str()>
            <td>
                <div class="row-what">
                    <a class="row-link row-title" href=format!("/documents/{id}")>{document.title}</a>
                    <span class="row-place muted">{file}</span>
                    {document.reason.map(|reason| view! { <span class="row-reason" data-testid="document-reason">{reason}</span> })}
                </div>
            </td>
            <td class="row-badges"><StatusWord status=document.status/>{document.shared.then(|| view! { <SharedWord/> })}</td>
            <td class="row-when" data-label="Versi">{document.version}</td>
            <td class="row-when" data-label="Bagian">{document.chunks}</td>
            <td class="row-when" data-label="Diperbarui"><When at=document.updated_at/></td>
        </tr>
    }
}
