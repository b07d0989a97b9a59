//! The page: a span of days, what the assistant did in it, and how complaints stand.

use std::collections::HashMap;

use chrono::NaiveDate;
use contracts::ComplaintStatus;
use contracts::dto::case::{ComplaintStats, StatCount};
use leptos::prelude::*;

use super::bars::{Counts, DayTable, Days};
use super::{Assistant, Day, Span, TokenCount, by_kind, client};
use crate::Server;
use crate::app::components::Trouble;
use crate::drawn::http::{Drawn, Query};
use crate::error::AppError;
use crate::knowledge::page::category_name;
use crate::sessions::Viewer;

/// Spans that one click chooses.
const SPANS: [(u64, &str); 3] = [(7, "7 hari"), (30, "30 hari"), (90, "90 hari")];

/// The page.
pub async fn overview(server: &Server, viewer: &Viewer, query: &Query) -> Result<Drawn, AppError> {
    let today = server.ctx.clock.today_jakarta();
    let span = Span::read(query.get("from"), query.get("to"), today);
    let (assistant, complaints) = client::read(server, viewer, span).await?;
    Ok(Drawn::new(view! {
        <header class="page-head">
            <div>
                <h1>"Statistik"</h1>
                <p class="muted">"Kerja asisten dan keadaan laporan, menurut hari di kantor (WIB)."</p>
            </div>
            <Choice span today/>
        </header>
        <section class="card" aria-labelledby="asisten">
            <div class="card-head"><h2 id="asisten">"Asisten"</h2></div>
            {match assistant {
                Ok(assistant) => view! { <AssistantPart assistant span/> }.into_any(),
                Err(error) => view! { <Trouble error/> }.into_any(),
            }}
        </section>
        <section class="card" aria-labelledby="laporan">
            <div class="card-head"><h2 id="laporan">"Laporan"</h2></div>
            {match complaints {
                Ok(stats) => view! { <ComplaintPart stats span/> }.into_any(),
                Err(error) => view! { <Trouble error/> }.into_any(),
            }}
        </section>
    }))
}

#[component]
fn Choice(span: Span, today: NaiveDate) -> impl IntoView {
    view! {
        <div class="span">
            <nav class="span-quick" aria-label="Rentang">
                {SPANS.into_iter().map(|(days, label)| {
                    let quick = Span::last(days, today);
                    let current = (quick == span).then_some("true");
                    view! { <a class="button button-small" href=format!("/analytics?from={}&to={}", quick.from, quick.to) aria-current=current>{label}</a> }
                }).collect_view()}
            </nav>
            <form method="get" action="/analytics" class="span-form">
                <label class="field"><span class="visually-hidden">"Dari"</span><input type="date" name="from" value=span.from.to_string() required data-testid="analytics-from"/></label>
                <label class="field"><span class="visually-hidden">"Sampai"</span><input type="date" name="to" value=span.to.to_string() required data-testid="analytics-to"/></label>
                <button class="button button-small" type="submit" data-testid="analytics-submit">"Tampilkan"</button>
            </form>
        </div>
    }
}

#[component]
fn Figure(label: &'static str, value: String, hint: &'static str, testid: &'static str) -> impl IntoView {
    view! {
        <div class="figure">
            <dt>{label}</dt>
            <dd class="figure-value" data-testid=testid>{value}</dd>
            <dd class="muted figure-hint">{hint}</dd>
        </div>
    }
}

#[component]
fn AssistantPart(assistant: Assistant, span: Span) -> impl IntoView {
    let Assistant {
        turns,
        intents,
        outcomes,
        providers,
        containment,
        latency_ms,
        fallbacks,
        failures,
        tokens,
        unanswered,
        days,
    } = assistant;
    let whole = |value: Option<i64>| value.map_or_else(|| "–".to_owned(), |value| value.to_string());
    let known: HashMap<NaiveDate, i64> = days.iter().map(|day| (day.day, day.turns)).collect();
    let columns = span.days().map(|day| (day, known.get(&day).copied().unwrap_or_default())).collect();
    let rows = days.iter().map(day_row).collect();
    let failures = failures
        .iter()
        .map(|count| (format!("{}: {}", provider_label(&count.provider), reason_label(&count.reason)), count.calls));
    let failures: Vec<_> = failures.collect();
    let failures = by_kind(failures.iter().map(|(name, calls)| (name.as_str(), *calls)));
    let intents = by_kind(intents.iter().map(|count| (intent_label(&count.intent), count.turns)));
    let outcomes = by_kind(outcomes.iter().map(|count| (outcome_label(&count.outcome), count.turns)));
    let providers = by_kind(providers.iter().map(|count| (provider_label(&count.provider), count.turns)));
    view! {
        <dl class="figures">
            <Figure label="Percakapan dijawab" value=turns.to_string() hint="giliran bicara warga" testid="figure-turns"/>
            <Figure label="Tanpa petugas" value=share(containment) hint="tidak dialihkan ke orang" testid="figure-containment"/>
            <Figure label="Waktu menjawab" value=seconds(latency_ms.p50) hint="separuh lebih cepat dari ini" testid="figure-p50"/>
            <Figure label="Yang terlambat" value=seconds(latency_ms.p95) hint="95 % lebih cepat dari ini" testid="figure-p95"/>
            <Figure label="Model cadangan" value=whole(fallbacks) hint="model utama tidak menjawab" testid="figure-fallbacks"/>
            <Figure label="Belum terjawab" value=whole(unanswered) hint="pertanyaan tanpa sumber" testid="figure-unanswered"/>
        </dl>
        <div class="stats">
            <Days caption="Per hari" unit="giliran" days=columns testid="turns-by-day">
                <DayTable head=vec!["Giliran", "Tanpa petugas", "Waktu", "95 %", "Belum terjawab"] rows/>
            </Days>
            <Counts caption="Maksud warga" kind="Maksud" unit="Giliran" rows=intents testid="intents"/>
            <Counts caption="Hasil" kind="Hasil" unit="Giliran" rows=outcomes testid="outcomes"/>
            <Counts caption="Dipahami oleh" kind="Model" unit="Giliran" rows=providers testid="providers"/>
            {(!failures.is_empty()).then(|| view! {
                <Counts caption="Model yang tidak membantu" kind="Sebab" unit="Panggilan" rows=failures testid="failures"/>
            })}
            {(!tokens.is_empty()).then(|| view! { <Tokens tokens/> })}
        </div>
    }
}

#[component]
fn ComplaintPart(stats: ComplaintStats, span: Span) -> impl IntoView {
    let ComplaintStats { total, open, late, by_status, by_kategori, by_day, .. } = stats;
    let of = |counts: Vec<StatCount>, name: fn(&str) -> String| -> Vec<(String, i64)> {
        let mut rows: Vec<_> = counts.into_iter().map(|count| (name(&count.key), count.count)).collect();
        rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        rows
    };
    let days: HashMap<&str, i64> = by_day.iter().map(|count| (count.key.as_str(), count.count)).collect();
    let days: Vec<_> =
        span.days().map(|day| (day, days.get(day.to_string().as_str()).copied().unwrap_or_default())).collect();
    let rows = days.iter().map(|(day, count)| (*day, vec![count.to_string()])).collect();
    view! {
        <dl class="figures">
            <Figure label="Laporan masuk" value=total.to_string() hint="pada rentang ini" testid="figure-complaints"/>
            <Figure label="Masih terbuka" value=open.to_string() hint="belum ditutup" testid="figure-open"/>
            <Figure label="Lewat tenggat" value=late.to_string() hint="perlu segera ditangani" testid="figure-late"/>
        </dl>
        <div class="stats">
            <Days caption="Per hari" unit="laporan" days=days.clone() testid="complaints-by-day">
                <DayTable head=vec!["Laporan"] rows/>
            </Days>
            <Counts caption="Status" kind="Status" unit="Laporan" rows=of(by_status, status_label) testid="complaints-by-status"/>
            <Counts caption="Kategori" kind="Kategori" unit="Laporan" rows=of(by_kategori, category_name) testid="complaints-by-category"/>
        </div>
    }
}

fn day_row(day: &Day) -> (NaiveDate, Vec<String>) {
    let values = vec![
        day.turns.to_string(),
        share(day.containment),
        seconds(day.p50),
        seconds(day.p95),
        day.unanswered.to_string(),
    ];
    (day.day, values)
}

/// What outside models were used for, and what is paid for by.
#[component]
fn Tokens(tokens: Vec<TokenCount>) -> impl IntoView {
    view! {
        <div class="stat stat-wide">
            <table class="stat-table" data-testid="tokens">
                <caption>"Pemakaian model luar"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Model"</th>
                        <th scope="col">"Untuk"</th>
                        <th scope="col" class="stat-number">"Panggilan"</th>
                        <th scope="col" class="stat-number">"Token masuk"</th>
                        <th scope="col" class="stat-number">"Token keluar"</th>
                    </tr>
                </thead>
                <tbody>
                    {tokens.into_iter().map(|count| view! {
                        <tr>
                            <th scope="row">{format!("{} ({})", count.model, provider_label(&count.provider))}</th>
                            <td>{purpose_label(&count.purpose).to_owned()}</td>
                            <td class="stat-number">{count.calls}</td>
                            <td class="stat-number">{grouped(count.input_tokens)}</td>
                            <td class="stat-number">{grouped(count.output_tokens)}</td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}

/// `410.000`
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    let sign = if number < 0 { "−" } else { "" };
    format!("{sign}{}", groups.join("."))
}

fn purpose_label(word: &str) -> &str {
    match word {
        "understand" => "Memahami",
        "answer" => "Menyusun jawaban",
        "embed" => "Mencari",
        "transcribe" => "Pesan suara",
        other => other,
    }
}

fn reason_label(word: &str) -> &str {
    match word {
        "deadline" => "tenggat terlewat",
        "away" => "tidak terjangkau",
        "broken" | "garbage" => "jawaban rusak",
        "rate_limited" => "kuota habis",
        "refused" => "menolak",
        "unfounded" => "tanpa dasar",
        "breaker_open" => "sedang diistirahatkan",
        other => other,
    }
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{:.0} %", value * 100.0))
}

fn seconds(ms: Option<f64>) -> String {
    match ms {
        None => "–".to_owned(),
        Some(ms) if ms < 1_000.0 => format!("{ms:.0} ms"),
        Some(ms) => format!("{:.1} detik", ms / 1_000.0).replace('.', ","),
    }
}

fn status_label(key: &str) -> String {
    key.parse::<ComplaintStatus>().map_or_else(|_| key.to_owned(), |status| status.label().to_owned())
}

/// What a citizen wants, as staff read it.
pub fn intent_label(word: &str) -> &str {
    match word {
        "KNOWLEDGE_QUERY" => "Bertanya",
        "CREATE_COMPLAINT" => "Melapor",
        "CHECK_STATUS" => "Menanyakan status",
        "UPDATE_COMPLAINT" => "Melengkapi laporan",
        "CANCEL_COMPLAINT" => "Membatalkan laporan",
        "COMPLAINT_HISTORY" => "Melihat riwayat",
        "HUMAN_HANDOFF" => "Meminta petugas",
        "GREETING" => "Menyapa",
        "THANKS" => "Berterima kasih",
        "CONFIRM" => "Mengiyakan",
        "DENY" => "Menolak",
        "OUT_OF_SCOPE" => "Di luar layanan",
        other => other,
    }
}

fn outcome_label(word: &str) -> &str {
    match word {
        "replied" => "Dijawab",
        "handed_off" => "Dialihkan ke petugas",
        "refused" => "Tidak jadi dikirim",
        "expired" => "Kehabisan waktu",
        other => other,
    }
}

/// Who understood, as staff read it.
pub fn provider_label(word: &str) -> &str {
    match word {
        "builtin" => "Bawaan",
        "gemini" => "Gemini",
        "openai" => "Model lain (OpenAI)",
        other => other,
    }
}
