//! `/documents/{id}?dari=`: one document, what was read from it, and what may be done with it.

use contracts::DocumentId;
use contracts::dto::ai::{DocumentChunk, DocumentKind};
use leptos::prelude::*;

use super::file::FileKind;
use super::page::{ACCEPT, away};
use super::{Document, Status, author_name, may_change, store};
use crate::Server;
use crate::app::components::{Empty, When};
use crate::drawn::http::{Drawn, Query};
use crate::drawn::parts::{Confirmed, Errors, Notice, SharedWord, StatusWord, size_text};
use crate::error::AppError;
use crate::sessions::Viewer;

/// Passages of one page.
const PAGE: usize = 50;

/// The page as it is opened.
pub async fn one(server: &Server, viewer: &Viewer, id: &str, query: &Query) -> Result<Drawn, AppError> {
    draw(server, viewer, id, query, Vec::new()).await
}

/// The page with what was not right about a change.
pub async fn again(server: &Server, viewer: &Viewer, id: DocumentId, said: Vec<String>) -> Result<Drawn, AppError> {
    draw(server, viewer, &id.to_string(), &Query::default(), said).await
}

async fn draw(server: &Server, viewer: &Viewer, id: &str, query: &Query, said: Vec<String>) -> Result<Drawn, AppError> {
    let id: DocumentId = id.parse().map_err(|_| AppError::NotFound)?;
    let office = viewer.office.office_id;
    let from = query.get("dari").and_then(|text| text.parse::<i32>().ok()).unwrap_or(i32::MIN);
    let look = async {
        let mut tx = server.ctx.db.office(office).await?;
        let document = store::find(&mut tx, office, id).await?;
        let chunks = store::chunks(&mut tx, office, id, from, PAGE + 1).await?;
        tx.commit().await?;
        Ok((document, chunks))
    };
    let (document, mut chunks) = look.await.map_err(|error| away(&error))?;
    let document = document.filter(|document| document.kind == DocumentKind::Document).ok_or(AppError::NotFound)?;
    let more = chunks.get(PAGE).map(|next| format!("/documents/{id}?dari={}", next.position));
    chunks.truncate(PAGE);
    let may_change = may_change(viewer, document.office_id, document.shared);
    let word = query.get("pesan").map(str::to_owned);
    let (title, shared) = (document.title.clone(), document.shared);
    Ok(Drawn::new(view! {
        <p class="crumbs"><a href="/documents">"‹ Semua dokumen"</a></p>
        <Notice word/>
        <Errors said/>
        <div class="detail">
            <div class="detail-main">
                <section class="card padded" data-live="document" aria-label="Dokumen">
                    <Facts document/>
                </section>
                <section class="card" data-live="chunks" aria-labelledby="bagian">
                    <div class="card-head"><h2 id="bagian">"Yang dibaca asisten"</h2></div>
                    <Chunks chunks from_start=from == i32::MIN/>
                    {more.map(|href| view! {
                        <nav class="pages" aria-label="Bagian berikutnya"><a class="button" href=href data-testid="page-next">"Berikutnya ›"</a></nav>
                    })}
                </section>
            </div>
            <aside class="detail-side">
                <section class="card padded" aria-label="Tindakan">
                    <a class="button button-wide" href=format!("/documents/{id}/file") rel="external" download="" data-testid="document-download">"Unduh berkas"</a>
                    {if may_change {
                        view! { <Actions id title/> }.into_any()
                    } else {
                        let why = if shared { "Dokumen ini dikelola untuk semua kantor." } else { "Anda dapat membaca dokumen ini, tetapi tidak mengubahnya." };
                        view! { <p class="muted">{why}</p> }.into_any()
                    }}
                </section>
            </aside>
        </div>
    }))
}

#[component]
fn Facts(document: Document) -> impl IntoView {
    let answering = match (document.answering_version, document.status) {
        (0, _) => "Belum dipakai menjawab".to_owned(),
        (_, Status::Ready) => "Versi ini".to_owned(),
        (version, _) => format!("Masih versi {version}"),
    };
    let hint = match document.status {
        Status::Queued => Some("Menunggu giliran dibaca. Halaman ini berubah dengan sendirinya."),
        Status::Processing => Some("Sedang dibaca. Halaman ini berubah dengan sendirinya."),
        _ => None,
    };
    let file = document.file;
    view! {
        <header class="detail-head" data-testid="document" data-document-id=document.document_id.to_string()
            data-status=document.status.as_str() data-version=document.version>
            <h1>{document.title}</h1>
            <StatusWord status=document.status/>
            {document.shared.then(|| view! { <SharedWord/> })}
        </header>
        {document.reason.map(|reason| view! {
            <div class="banner banner-error" role="status" data-testid="document-reason">
                <p>{reason}</p>
                <p>"Perbaiki berkasnya lalu ganti, atau proses ulang bila gangguannya sementara."</p>
            </div>
        })}
        {hint.map(|text| view! { <p class="muted">{text}</p> })}
        <dl class="facts">
            {file.map(|file| view! {
                <div><dt>"Berkas"</dt><dd>{file.name}</dd></div>
                <div><dt>"Jenis"</dt><dd>{FileKind::label(&file.mime_type)}" · "{size_text(file.size)}</dd></div>
            })}
            <div><dt>"Versi"</dt><dd>{document.version}</dd></div>
            <div><dt>"Dipakai menjawab"</dt><dd>{answering}</dd></div>
            <div><dt>"Bagian"</dt><dd data-testid="chunk-count">{document.chunks}</dd></div>
            <div><dt>"Diperbarui"</dt><dd><When at=document.updated_at/>" oleh "{author_name(&document.updated_by)}</dd></div>
        </dl>
    }
}

#[component]
fn Chunks(chunks: Vec<DocumentChunk>, from_start: bool) -> impl IntoView {
    if chunks.is_empty() {
        let hint = if from_start {
            "Setelah dokumen selesai dibaca, bagian-bagiannya tampil di sini."
        } else {
            "Tidak ada bagian lagi."
        };
        return view! { <Empty title="Belum ada bagian" hint=hint/> }.into_any();
    }
    view! { <ol class="chunks">{chunks.into_iter().map(|chunk| view! { <Chunk chunk/> }).collect_view()}</ol> }
        .into_any()
}

#[component]
fn Chunk(chunk: DocumentChunk) -> impl IntoView {
    let page = chunk.page.map(|page| format!("Halaman {page}"));
    view! {
        <li class="chunk" data-testid="chunk-row" data-page=chunk.page>
            <p class="chunk-head">
                <span class="chunk-number">{chunk.position}</span>
                <strong>{chunk.heading.unwrap_or_default()}</strong>
                <span class="muted">{page}</span>
            </p>
            <p class="chunk-text">{chunk.content}</p>
        </li>
    }
}

#[component]
fn Actions(id: DocumentId, title: String) -> impl IntoView {
    view! {
        <form method="post" action=format!("/documents/{id}/reprocess")>
            <button class="button button-wide" type="submit" data-testid="document-reprocess">"Proses ulang"</button>
        </form>
        <details class="confirm">
            <summary class="button button-wide" data-testid="document-replace">"Ganti berkas…"</summary>
            <form method="post" action=format!("/documents/{id}") enctype="multipart/form-data" class="stack">
                <label class="field">
                    <span>"Judul"</span>
                    <input type="text" name="title" maxlength="300" required value=title/>
                </label>
                <label class="field">
                    <span>"Berkas baru"</span>
                    <input type="file" name="file" required accept=ACCEPT data-testid="document-replace-file"/>
                    <small class="muted">"Versi lama tetap menjawab sampai yang baru siap."</small>
                </label>
                <button class="button button-primary button-wide" type="submit" data-testid="document-replace-yes">"Ganti"</button>
            </form>
        </details>
        <Confirmed action=format!("/documents/{id}/delete") label="Hapus…" yes="Ya, hapus" testid="document-delete"
            question="Berkas dan semua bagiannya dihapus, dan asisten tidak menjawab darinya lagi. Ini tidak dapat dibatalkan."/>
    }
}
