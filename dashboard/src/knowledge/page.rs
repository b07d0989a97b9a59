//! `/knowledge?q=&kategori=&cursor=`: trying the assistant out, the FAQ entries, and what nothing answered.

use contracts::DocumentId;
use contracts::complaint::BUILT_IN_CATEGORIES;
use contracts::dto::ai::{FoundChunk, ProcessedMessage};
use leptos::prelude::*;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::ask::{self, Found, LONGEST, Tried, Unanswered};
use super::{Entry, store};
use crate::Server;
use crate::analytics::page::{intent_label, provider_label};
use crate::app::components::{Empty, Trouble, When};
use crate::documents::page::away;
use crate::drawn::http::{Drawn, Query};
use crate::drawn::parts::{Notice, SharedWord, StatusWord};
use crate::error::AppError;
use crate::sessions::Viewer;
use crate::staff::MANAGE_KNOWLEDGE;

/// Rows of one page.
const PAGE: usize = 30;
/// How much of an answer the list shows.
const EXCERPT: usize = 160;

/// The page as it is opened.
pub async fn overview(server: &Server, viewer: &Viewer, query: &Query) -> Result<Drawn, AppError> {
    draw(server, viewer, query, None).await
}

/// The page with what came of a question.
pub async fn tried(server: &Server, viewer: &Viewer, tried: Tried) -> Result<Drawn, AppError> {
    draw(server, viewer, &Query::default(), Some(tried)).await
}

/// What a category is called.
pub fn category_name(key: &str) -> String {
    BUILT_IN_CATEGORIES
        .iter()
        .find(|(known, _)| *known == key)
        .map_or_else(|| key.to_owned(), |(_, name)| (*name).to_owned())
}

async fn draw(server: &Server, viewer: &Viewer, query: &Query, tried: Option<Tried>) -> Result<Drawn, AppError> {
    let office = viewer.office.office_id;
    let words = query.get("q").map(str::to_owned);
    let kategori = query.get("kategori").map(str::to_owned);
    let after = query.get("cursor").and_then(|text| text.parse::<DocumentId>().ok());
    let look = async {
        let mut tx = server.ctx.db.office(office).await?;
        let found = store::list(&mut tx, office, words.as_deref(), kategori.as_deref(), after, PAGE + 1).await?;
        tx.commit().await?;
        Ok(found)
    };
    let (found, unanswered) = tokio::join!(look, ask::unanswered(server, viewer));
    let mut found = found.map_err(|error| away(&error))?;
    let next = (found.len() > PAGE).then(|| {
        found.truncate(PAGE);
        let last = found.last().map(|last| last.document_id.to_string());
        let pairs = [("q", words.as_deref()), ("kategori", kategori.as_deref()), ("cursor", last.as_deref())];
        let given = pairs.into_iter().filter_map(|(name, value)| {
            value.map(|value| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        });
        format!("/knowledge?{}", given.collect::<Vec<_>>().join("&"))
    });
    let narrow = words.is_some() || kategori.is_some() || after.is_some();
    let may_write = viewer.may(MANAGE_KNOWLEDGE);
    let word = query.get("pesan").map(str::to_owned);
    Ok(Drawn::new(view! {
        <header class="page-head">
            <div>
                <h1>"Pengetahuan"</h1>
                <p class="muted">"Tanya jawab yang dipakai asisten. Jawabannya hanya berasal dari sini dan dari "<a href="/documents">"dokumen"</a>"."</p>
            </div>
            {may_write.then(|| view! { <a class="button button-primary" href="/knowledge/new" data-testid="faq-new">"Tulis entri baru"</a> })}
        </header>
        <Notice word/>
        <div class="detail">
            <div class="detail-main">
                <TryOut tried/>
                <section class="card" aria-labelledby="entri">
                    <div class="card-head card-tools">
                        <h2 id="entri">"Tanya jawab"</h2>
                        <Search words kategori narrow/>
                    </div>
                    <div data-live="entries">
                        {if found.is_empty() && narrow {
                            view! { <Empty title="Tidak ada yang cocok" hint="Ubah atau kosongkan pencarian di atas."/> }.into_any()
                        } else if found.is_empty() {
                            view! { <Empty title="Belum ada tanya jawab" hint="Tulis entri pertama: satu pertanyaan warga dan jawabannya."/> }.into_any()
                        } else {
                            view! { <Table found/> }.into_any()
                        }}
                        {next.map(|href| view! {
                            <nav class="pages" aria-label="Halaman daftar"><a class="button" href=href data-testid="page-next">"Berikutnya ›"</a></nav>
                        })}
                    </div>
                </section>
            </div>
            <aside class="detail-side detail-loose">
                <section class="card" aria-labelledby="belum">
                    <div class="card-head"><h2 id="belum">"Belum terjawab"</h2></div>
                    <Open unanswered may_write/>
                </section>
            </aside>
        </div>
    }))
}

#[component]
fn TryOut(tried: Option<Tried>) -> impl IntoView {
    let question = tried.as_ref().map(|tried| tried.question.clone());
    view! {
        <section class="card padded" aria-labelledby="coba">
            <h2 id="coba">"Coba asisten"</h2>
            <form method="post" action="/knowledge" class="search">
                <label class="field">
                    <span class="visually-hidden">"Pertanyaan warga"</span>
                    <input type="text" name="question" required maxlength=LONGEST value=question autocomplete="off"
                        placeholder="Tulis seperti warga menulis, misalnya: syarat bikin ktp apa ya?" data-testid="knowledge-ask"/>
                </label>
                <button class="button button-primary" type="submit" data-testid="knowledge-ask-submit">"Tanya"</button>
            </form>
            {match tried {
                Some(tried) => view! { <Outcome tried/> }.into_any(),
                None => view! { <p class="muted">"Anda melihat jawabannya beserta sumbernya. Tidak ada yang dikirim kepada warga."</p> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Outcome(tried: Tried) -> impl IntoView {
    let answer = match tried.answer {
        Ok(answer) => view! { <Answer answer/> }.into_any(),
        Err(error) => view! { <Trouble error/> }.into_any(),
    };
    let found = match tried.found {
        Ok(found) => view! { <Sources found/> }.into_any(),
        Err(error) => view! { <Trouble error/> }.into_any(),
    };
    view! {
        {answer}
        {found}
    }
}

#[component]
fn Answer(answer: ProcessedMessage) -> impl IntoView {
    let sure = format!("{:.0} %", answer.confidence * 100.0);
    view! {
        <div class="tried-answer" data-testid="knowledge-answer" data-intent=answer.intent.as_str()>
            <p class="report">{answer.reply}</p>
        </div>
        <p class="muted facts-line">
            {format!("Maksud: {} · keyakinan {sure} · oleh {}", intent_label(answer.intent.as_str()), provider_label(&answer.provider))}
        </p>
    }
}

#[component]
fn Sources(found: Found) -> impl IntoView {
    let (class, text) = if found.answerable {
        ("badge badge-doc-ready", "Cukup kuat untuk menjawab")
    } else {
        ("badge badge-doc-queued", "Tidak cukup kuat: asisten mengaku belum tahu")
    };
    view! {
        <div class="sources" data-testid="sources" data-answerable=found.answerable.to_string()>
            <p><span class=class>{text}</span></p>
            {if found.passages.is_empty() {
                view! { <p class="muted">"Tidak ada bagian yang cocok."</p> }.into_any()
            } else {
                view! { <ol class="chunks">{found.passages.into_iter().map(|passage| view! { <Source passage/> }).collect_view()}</ol> }.into_any()
            }}
        </div>
    }
}

#[component]
fn Source(passage: FoundChunk) -> impl IntoView {
    let place = [
        Some(format!("versi {}", passage.version)),
        passage.page.map(|page| format!("halaman {page}")),
        Some(format!("skor {:.2}", passage.score)),
    ];
    let place = place.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li class="chunk" data-testid="source-row" data-document-id=passage.document_id.to_string()>
            <p class="chunk-head"><strong>{passage.title}</strong><span class="muted">{place}</span></p>
            {passage.heading.map(|heading| view! { <p class="muted chunk-heading">{heading}</p> })}
            <p class="chunk-text">{passage.content}</p>
        </li>
    }
}

#[component]
fn Search(words: Option<String>, kategori: Option<String>, narrow: bool) -> impl IntoView {
    view! {
        <form method="get" action="/knowledge" class="search" role="search">
            <label class="field">
                <span class="visually-hidden">"Cari"</span>
                <input type="search" name="q" maxlength="100" placeholder="Cari pertanyaan atau jawaban" value=words data-testid="faq-search"/>
            </label>
            <label class="field">
                <span class="visually-hidden">"Kategori"</span>
                <CategorySelect chosen=kategori none="Semua kategori"/>
            </label>
            <button class="button" type="submit">"Cari"</button>
            {narrow.then(|| view! { <a class="button" href="/knowledge">"Kosongkan"</a> })}
        </form>
    }
}

/// Categories, and one that is none of them if it is chosen.
#[component]
pub fn CategorySelect(chosen: Option<String>, none: &'static str) -> impl IntoView {
    let other = chosen.clone().filter(|key| !BUILT_IN_CATEGORIES.iter().any(|(known, _)| known == key));
    let is = move |key: &str| chosen.as_deref() == Some(key);
    view! {
        <select name="kategori" data-testid="faq-category">
            <option value="">{none}</option>
            {BUILT_IN_CATEGORIES.into_iter().map(|(key, name)| view! { <option value=key selected=is(key)>{name}</option> }).collect_view()}
            {other.map(|key| { let shown = key.clone(); view! { <option value=key selected=true>{shown}</option> } })}
        </select>
    }
}

#[component]
fn Table(found: Vec<Entry>) -> impl IntoView {
    view! {
        <table class="rows">
            <thead>
                <tr>
                    <th scope="col">"Pertanyaan"</th>
                    <th scope="col">"Status"</th>
                    <th scope="col">"Diperbarui"</th>
                </tr>
            </thead>
            <tbody>{found.into_iter().map(|entry| view! { <Row entry/> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(entry: Entry) -> impl IntoView {
    let id = entry.document_id.to_string();
    let kategori = entry.kategori.as_deref().map(category_name);
    view! {
        <tr class="row" data-testid="faq-row" data-document-id=id.clone() data-status=entry.status.as_str()>
            <td>
                <div class="row-what">
                    <a class="row-link row-title" href=format!("/knowledge/{id}")>{entry.question}</a>
                    <span class="row-text muted">{excerpt(&entry.answer)}</span>
                    {kategori.map(|name| view! { <span class="row-place muted">{name}</span> })}
                    {entry.reason.map(|reason| view! { <span class="row-reason">{reason}</span> })}
                </div>
            </td>
            <td class="row-badges"><StatusWord status=entry.status/>{entry.shared.then(|| view! { <SharedWord/> })}</td>
            <td class="row-when" data-label="Diperbarui"><When at=entry.updated_at/></td>
        </tr>
    }
}

#[component]
fn Open(unanswered: Option<Vec<Unanswered>>, may_write: bool) -> impl IntoView {
    match unanswered {
        None => view! { <p class="muted padded">"Daftar ini belum dapat dimuat karena layanan asisten tidak menjawab."</p> }.into_any(),
        Some(open) if open.is_empty() => {
            view! { <p class="muted padded" data-testid="unanswered-none">"Tidak ada pertanyaan warga yang tertinggal tanpa jawaban."</p> }.into_any()
        }
        Some(open) => view! {
            <ol class="open-questions">
                {open.into_iter().map(|open| view! { <OpenQuestion open may_write/> }).collect_view()}
            </ol>
        }
        .into_any(),
    }
}

#[component]
fn OpenQuestion(open: Unanswered, may_write: bool) -> impl IntoView {
    let href =
        format!("/knowledge/new?tanya={}&dari={}", utf8_percent_encode(&open.question, NON_ALPHANUMERIC), open.id);
    view! {
        <li class="open-question" data-testid="unanswered-row">
            <p class="row-text">{open.question}</p>
            <p class="muted entry-foot">{format!("{} kali · terakhir ", open.asked)}<When at=open.last_asked/></p>
            {may_write.then(|| view! { <a class="button button-small" href=href data-testid="unanswered-answer">"Jawab ini"</a> })}
        </li>
    }
}

fn excerpt(text: &str) -> String {
    let mut words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(EXCERPT) {
        words.truncate(end);
        words.push('…');
    }
    words
}
