//! `/settings`, drawn: the settings as they are, or as somebody filled them in and something was not right.

use contracts::office::{Office, OfficeSettings};
use leptos::prelude::*;

use super::form::{AMOUNTS, Fields, SPANS, WEEKDAYS};
use crate::Server;
use crate::drawn::http::{Drawn, Query};
use crate::drawn::parts::Errors;
use crate::error::AppError;
use crate::offices::store;
use crate::sessions::Viewer;
use crate::staff::MANAGE_OFFICE;

/// The page as it is opened.
pub async fn overview(server: &Server, viewer: &Viewer, query: &Query) -> Result<Drawn, AppError> {
    if !viewer.may(MANAGE_OFFICE) {
        return Err(AppError::Forbidden);
    }
    let office = of_viewer(server, viewer).await?;
    let saved = query.get("pesan").is_some();
    Ok(draw(&Fields(fields(&office)), office.version, saved, Vec::new()))
}

/// The viewer's office as it is stored.
pub async fn of_viewer(server: &Server, viewer: &Viewer) -> Result<Office, AppError> {
    let office = viewer.office.office_id;
    let look = async {
        let mut tx = server.ctx.db.office(office).await?;
        let found = store::lock(&mut tx, office).await?;
        tx.commit().await?;
        Ok::<_, sqlx::Error>(found)
    };
    match look.await {
        Ok(Some(office)) => Ok(office),
        Ok(None) => Err(AppError::NotFound),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the settings could not be read");
            Err(AppError::Internal)
        }
    }
}

/// The form's fields for these settings.
fn fields(office: &Office) -> Vec<(String, String)> {
    let settings = &office.settings;
    let mut all = vec![("name".to_owned(), office.name.clone())];
    all.extend(AMOUNTS.map(|amount| (amount.name.to_owned(), (amount.get)(settings).to_string())));
    for weekday in 1..=7 {
        for (span, hours) in settings.hours.iter().filter(|hours| hours.weekday == weekday).take(SPANS).enumerate() {
            all.push((format!("from-{weekday}-{span}"), hours.from.format("%H:%M").to_string()));
            all.push((format!("to-{weekday}-{span}"), hours.to.format("%H:%M").to_string()));
        }
    }
    all.extend(texts(settings));
    all
}

fn texts(settings: &OfficeSettings) -> Vec<(String, String)> {
    let days: Vec<_> = settings.closed_days.iter().map(ToString::to_string).collect();
    let quiet = settings.quiet_hours;
    let clock = |time: Option<chrono::NaiveTime>| time.map(|time| time.format("%H:%M").to_string()).unwrap_or_default();
    let mut all: Vec<(String, String)> = [
        ("closed_days", days.join("\n")),
        ("quiet_from", clock(quiet.map(|quiet| quiet.from))),
        ("quiet_to", clock(quiet.map(|quiet| quiet.to))),
        ("greeting_name", settings.greeting_name.clone().unwrap_or_default()),
        ("greeting", settings.greeting.clone().unwrap_or_default()),
        ("emergency_numbers", settings.emergency_numbers.join("\n")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec();
    for (key, text) in &settings.bot_texts {
        all.push(("text_key".to_owned(), key.clone()));
        all.push(("text".to_owned(), text.clone()));
    }
    all
}

/// The form with these fields.
pub fn draw(fields: &Fields, version: i64, saved: bool, wrong: Vec<String>) -> Drawn {
    let saved = saved.then(
        || view! { <p class="banner banner-good" role="status" data-testid="notice">"Pengaturan sudah disimpan."</p> },
    );
    Drawn::new(view! {
        <h1>"Pengaturan kantor"</h1>
        {saved}
        <Errors said=wrong/>
        <form method="post" action="/settings" class="settings" data-testid="settings-form">
            <input type="hidden" name="version" value=version data-testid="settings-version"/>
            <section class="card padded stack">
                <h2>"Kantor"</h2>
                {line(fields, "name", "Nama kantor", "")}
                {line(fields, "greeting_name", "Sebutan kantor dalam sapaan", "Kosong: nama kantor.")}
                {area(fields, "greeting", "Sapaan", "Kosong: sapaan bawaan asisten.")}
                {area(fields, "emergency_numbers", "Nomor darurat", "Satu per baris, misalnya 112.")}
            </section>
            <section class="card padded stack">
                <h2>"Jam kerja"</h2>
                <p class="muted">"Di luar jam ini warga diberi tahu kapan petugas menjawab. Kosongkan hari yang libur."</p>
                {hours(fields)}
                {area(fields, "closed_days", "Hari libur", "Satu tanggal per baris, misalnya 2026-12-25.")}
                <fieldset class="spans">
                    <legend>"Jam tenang"</legend>
                    {clock(fields, "quiet_from".to_owned(), "Jam tenang mulai".to_owned())}
                    <span>"–"</span>
                    {clock(fields, "quiet_to".to_owned(), "Jam tenang selesai".to_owned())}
                </fieldset>
                <p class="muted">"Pada jam tenang, pemberitahuan yang dapat menunggu tidak dikirim."</p>
            </section>
            <section class="card padded stack">
                <h2>"Asisten dan pengambilalihan"</h2>
                {AMOUNTS.map(|amount| view! {
                    <label class="field">
                        <span>{amount.label}</span>
                        <input type="number" name=amount.name min=amount.least max=amount.most required
                            value=fields.get(amount.name).to_owned() data-testid=format!("settings-{}", amount.name)/>
                        <small class="muted">{amount.unit}</small>
                    </label>
                }).to_vec()}
            </section>
            <section class="card padded stack">
                <h2>"Teks asisten"</h2>
                <p class="muted">"Ganti kalimat asisten dengan kalimat kantor sendiri menurut kuncinya. Kosongkan teksnya untuk kembali ke bawaan."</p>
                {bot_texts(fields)}
            </section>
            <button class="button button-primary" type="submit" data-testid="settings-save">"Simpan"</button>
        </form>
    })
}

fn line(fields: &Fields, name: &'static str, label: &'static str, hint: &'static str) -> impl IntoView + use<> {
    let value = fields.get(name).to_owned();
    view! {
        <label class="field">
            <span>{label}</span>
            <input type="text" name=name maxlength="120" value=value data-testid=format!("settings-{name}")/>
            <small class="muted">{hint}</small>
        </label>
    }
}

fn area(fields: &Fields, name: &'static str, label: &'static str, hint: &'static str) -> impl IntoView + use<> {
    let value = fields.get(name).to_owned();
    view! {
        <label class="field">
            <span>{label}</span>
            <textarea name=name rows="3" data-testid=format!("settings-{name}")>{value}</textarea>
            <small class="muted">{hint}</small>
        </label>
    }
}

fn clock(fields: &Fields, name: String, label: String) -> impl IntoView + use<> {
    let value = fields.get(&name).to_owned();
    let testid = format!("settings-{name}");
    view! { <input type="time" name=name value=value aria-label=label data-testid=testid/> }
}

fn hours(fields: &Fields) -> impl IntoView + use<> {
    let days = (1..).zip(WEEKDAYS).map(|(weekday, day)| {
        let spans = (0..SPANS).map(|span| {
            let part = if span == 0 { "" } else { " setelah istirahat" };
            view! {
                <span class="span">
                    {clock(fields, format!("from-{weekday}-{span}"), format!("{day} buka{part}"))}
                    "–"
                    {clock(fields, format!("to-{weekday}-{span}"), format!("{day} tutup{part}"))}
                </span>
            }
        });
        view! { <fieldset class="spans"><legend>{day}</legend>{spans.collect::<Vec<_>>()}</fieldset> }
    });
    days.collect::<Vec<_>>()
}

/// The office's own texts, and room for more.
fn bot_texts(fields: &Fields) -> impl IntoView + use<> {
    let of =
        |name: &str| fields.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect::<Vec<_>>();
    let mut pairs: Vec<(String, String)> =
        of("text_key").into_iter().zip(of("text")).filter(|(key, _)| !key.is_empty()).collect();
    pairs.extend([(String::new(), String::new()), (String::new(), String::new())]);
    let rows = pairs.into_iter().map(|(key, text)| {
        view! {
            <div class="text-pair">
                <input type="text" name="text_key" value=key maxlength="60" placeholder="kunci" aria-label="Kunci teks" data-testid="settings-text-key"/>
                <textarea name="text" rows="2" aria-label="Teks" data-testid="settings-text">{text}</textarea>
            </div>
        }
    });
    rows.collect::<Vec<_>>()
}
