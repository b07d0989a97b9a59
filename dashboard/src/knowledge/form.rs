//! `/knowledge/new` and `/knowledge/{id}`: one entry to write, change, take out of use or remove.

use contracts::DocumentId;
use leptos::prelude::*;

use super::page::{CategorySelect, category_name};
use super::{Entry, LONGEST_ANSWER, LONGEST_QUESTION, Text, store};
use crate::Server;
use crate::app::components::When;
use crate::documents::page::{SharedBox, away};
use crate::documents::{Status, author_name, may_change};
use crate::drawn::http::{Drawn, Query};
use crate::drawn::parts::{Confirmed, Errors, Notice, SharedWord, StatusWord};
use crate::error::AppError;
use crate::sessions::Viewer;
use crate::staff::{MANAGE_KNOWLEDGE, Role};

/// What the form holds.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    pub text: Text,
    /// The version that the person saw; 0: a new entry.
    pub version: i64,
    /// The open question that a new entry answers.
    pub answers: Option<String>,
    /// What was not right.
    pub said: Vec<String>,
}

/// A new entry, perhaps for a question that nothing answered.
pub fn blank(viewer: &Viewer, query: &Query) -> Result<Drawn, AppError> {
    let question = query.get("tanya").unwrap_or_default().chars().take(LONGEST_QUESTION).collect();
    let text = Text { question, ..Text::default() };
    new(viewer, Filled { text, answers: query.get("dari").map(str::to_owned), ..Filled::default() })
}

/// The form for a new entry, as it was filled in.
pub fn new(viewer: &Viewer, filled: Filled) -> Result<Drawn, AppError> {
    if !viewer.may(MANAGE_KNOWLEDGE) {
        return Err(AppError::Forbidden);
    }
    let may_share = viewer.role == Role::SuperAdmin;
    Ok(Drawn::new(view! {
        <p class="crumbs"><a href="/knowledge">"‹ Semua tanya jawab"</a></p>
        <h1>"Entri baru"</h1>
        <section class="card padded narrow" aria-label="Entri">
            <EntryForm action="/knowledge/new".to_owned() filled may_share/>
        </section>
    }))
}

/// An entry as it is opened.
pub async fn entry(server: &Server, viewer: &Viewer, id: &str, query: &Query) -> Result<Drawn, AppError> {
    let id: DocumentId = id.parse().map_err(|_| AppError::NotFound)?;
    let word = query.get("pesan").map(str::to_owned);
    draw(server, viewer, id, word, None).await
}

/// An entry with its form as it was filled in.
pub async fn again(server: &Server, viewer: &Viewer, id: DocumentId, filled: Filled) -> Result<Drawn, AppError> {
    draw(server, viewer, id, None, Some(filled)).await
}

async fn draw(
    server: &Server,
    viewer: &Viewer,
    id: DocumentId,
    word: Option<String>,
    filled: Option<Filled>,
) -> Result<Drawn, AppError> {
    let office = viewer.office.office_id;
    let look = async {
        let mut tx = server.ctx.db.office(office).await?;
        let entry = store::find(&mut tx, office, id).await?;
        tx.commit().await?;
        Ok(entry)
    };
    let entry = look.await.map_err(|error| away(&error))?.ok_or(AppError::NotFound)?;
    let may_change = may_change(viewer, entry.office_id, entry.shared);
    let may_share = viewer.role == Role::SuperAdmin;
    let filled = filled.unwrap_or_else(|| Filled {
        text: Text {
            question: entry.question.clone(),
            answer: entry.answer.clone(),
            kategori: entry.kategori.clone(),
            shared: entry.shared,
        },
        version: entry.version,
        ..Filled::default()
    });
    let status = entry.status;
    Ok(Drawn::new(view! {
        <p class="crumbs"><a href="/knowledge">"‹ Semua tanya jawab"</a></p>
        <Notice word/>
        <div class="detail">
            <div class="detail-main">
                <section class="card padded" data-live="entry" aria-label="Keadaan">
                    <State entry=entry.clone()/>
                </section>
                <section class="card padded" aria-label="Entri">
                    {if may_change {
                        view! { <EntryForm action=format!("/knowledge/{id}") filled may_share/> }.into_any()
                    } else {
                        view! { <Reading entry/> }.into_any()
                    }}
                </section>
            </div>
            {may_change.then(|| view! {
                <aside class="detail-side"><section class="card padded" aria-label="Tindakan"><Actions id status/></section></aside>
            })}
        </div>
    }))
}

#[component]
fn State(entry: Entry) -> impl IntoView {
    view! {
        <header class="detail-head" data-testid="faq" data-status=entry.status.as_str() data-version=entry.version>
            <h1>"Tanya jawab"</h1>
            <StatusWord status=entry.status/>
            {entry.shared.then(|| view! { <SharedWord/> })}
        </header>
        {entry.reason.map(|reason| view! { <p class="banner banner-error" role="status">{reason}</p> })}
        <p class="muted">{format!("Versi {} · diperbarui ", entry.version)}<When at=entry.updated_at/>" oleh "{author_name(&entry.updated_by)}</p>
    }
}

#[component]
fn Reading(entry: Entry) -> impl IntoView {
    let kategori = entry.kategori.as_deref().map(category_name);
    view! {
        <h2>{entry.question}</h2>
        <p class="report">{entry.answer}</p>
        {kategori.map(|name| view! { <p class="muted">{name}</p> })}
        <p class="muted">"Anda dapat membaca entri ini, tetapi tidak mengubahnya."</p>
    }
}

#[component]
fn EntryForm(action: String, filled: Filled, may_share: bool) -> impl IntoView {
    let Filled { text, version, answers, said } = filled;
    view! {
        <Errors said/>
        <form method="post" action=action class="stack">
            <input type="hidden" name="version" value=version data-testid="faq-version"/>
            {answers.map(|id| view! { <input type="hidden" name="answers" value=id/> })}
            <label class="field">
                <span>"Pertanyaan"</span>
                <input type="text" name="question" required maxlength=LONGEST_QUESTION value=text.question autocomplete="off"
                    placeholder="Misalnya: Apa syarat membuat KTP baru?" data-testid="faq-question"/>
            </label>
            <label class="field">
                <span>"Jawaban"</span>
                <textarea name="answer" required rows="8" maxlength=LONGEST_ANSWER data-testid="faq-answer"
                    placeholder="Tulis seperti menjawab warga: lengkap, singkat, sopan.">{text.answer}</textarea>
                <small class="muted">"Asisten hanya memakai kalimat ini. Sebutkan angka, tanggal, dan biaya dengan tepat."</small>
            </label>
            <label class="field">
                <span>"Kategori"<small class="muted optional">" (boleh kosong)"</small></span>
                <CategorySelect chosen=text.kategori none="Tanpa kategori"/>
            </label>
            {may_share.then(|| view! { <SharedBox checked=text.shared/> })}
            <button class="button button-primary" type="submit" data-testid="faq-save">"Simpan"</button>
        </form>
    }
}

#[component]
fn Actions(id: DocumentId, status: Status) -> impl IntoView {
    let use_it = if status == Status::Retired {
        view! {
            <form method="post" action=format!("/knowledge/{id}/restore")>
                <button class="button button-wide" type="submit" data-testid="faq-restore">"Aktifkan kembali"</button>
            </form>
        }
        .into_any()
    } else {
        view! {
            <form method="post" action=format!("/knowledge/{id}/retire")>
                <button class="button button-wide" type="submit" data-testid="faq-retire">"Nonaktifkan"</button>
            </form>
        }
        .into_any()
    };
    view! {
        {use_it}
        <Confirmed action=format!("/knowledge/{id}/delete") label="Hapus…" yes="Ya, hapus" testid="faq-delete"
            question="Entri dihapus dan asisten tidak menjawab darinya lagi. Ini tidak dapat dibatalkan."/>
    }
}
