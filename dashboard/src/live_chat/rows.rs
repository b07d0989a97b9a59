//! A conversation as a row of a list, drawn as a piece of HTML.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, FixedOffset, Utc};
use contracts::dto::channel::{ConversationView, MessagePreview};
use contracts::message::Author;
use leptos::prelude::*;

use super::{Piece, words};
use crate::app::components::jakarta_time;

/// Offices live in Asia/Jakarta, which knows no summer time.
const JAKARTA_SECONDS: i32 = 7 * 60 * 60;

/// The same for everybody who sees it: what is the viewer's own is added on the page.
pub fn piece(view: &ConversationView, now: DateTime<Utc>) -> Piece {
    let mut hash = DefaultHasher::new();
    let last = view.last_message.as_ref();
    (view.unread, view.blocked, view.takeover_expires_at).hash(&mut hash);
    (&view.name, &view.wa_user_id, &view.status, view.holder.as_ref().map(|holder| &holder.name)).hash(&mut hash);
    (view.last_message_at, view.waiting_since, view.window_closes_at, &view.waiting_reason).hash(&mut hash);
    last.map(|last| (last.author.as_str(), &last.kind, &last.text, last.status)).hash(&mut hash);
    Piece {
        id: view.id.to_string(),
        seq: view.last_message_at.map(|at| at.timestamp_micros()).unwrap_or_default(),
        version: format!("{:x}", hash.finish()),
        day: String::new(),
        html: draw(view, now),
    }
}

fn draw(view: &ConversationView, now: DateTime<Utc>) -> String {
    let id = view.id.to_string();
    let href = format!("/live-chat/{id}");
    let when = view.last_message_at.map(|at| {
        view! { <time class="chat-row-when" datetime=at.to_rfc3339() title=jakarta_time(at)>{clock_or_day(at, now)}</time> }
    });
    view! {
        <article class="chat-row" data-testid="chat-row" data-conversation-id=id data-status=view.status.clone()>
            <p class="chat-row-head"><a class="chat-row-link" href=href>{who(view)}</a>{when}</p>
            <p class="chat-row-text">{view.last_message.as_ref().map(preview)}</p>
            <p class="chat-row-foot">{standing(view, now)}</p>
        </article>
    }
    .to_html()
}

/// Whom the office talks to: the name, else the number, else that it is hidden.
pub fn who(view: &ConversationView) -> String {
    let name = view.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    name.map(str::to_owned)
        .or_else(|| view.wa_user_id.as_deref().map(number))
        .unwrap_or_else(|| "Warga tanpa nomor".to_owned())
}

/// `628123456789` → `+62 812-3456-789`; other ids stay as they are.
pub fn number(wa_user_id: &str) -> String {
    let Some(rest) = wa_user_id.strip_prefix("62").filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())) else {
        return wa_user_id.to_owned();
    };
    let (head, tail) = rest.split_at(rest.len().min(3));
    let parts: Vec<&str> = tail.as_bytes().chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    if parts.is_empty() { format!("+62 {head}") } else { format!("+62 {head}-{}", parts.join("-")) }
}

fn preview(last: &MessagePreview) -> String {
    let words = last.text.as_deref().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let words = words.filter(|text| !text.is_empty()).unwrap_or_else(|| words::kind(&last.kind).to_owned());
    match last.author {
        Author::Citizen => words,
        Author::Bot => format!("Asisten: {words}"),
        Author::Admin => format!("Petugas: {words}"),
        Author::System => format!("Sistem: {words}"),
    }
}

fn standing(view: &ConversationView, now: DateTime<Utc>) -> impl IntoView + use<> {
    let waiting = (view.status == "waiting").then(|| {
        let since = view.waiting_since.or(view.last_message_at).map(|at| {
            view! {
                <span class="chat-since" data-since=at.to_rfc3339()>{words::span((now - at).num_seconds())}</span>
            }
        });
        let why = view.waiting_reason.as_deref().map(words::reason);
        view! { <span class="badge badge-waiting">"Menunggu "{since}</span><span class="chat-why">{why}</span> }
    });
    let held = view.holder.as_ref().map(|holder| {
        view! { <span class="badge badge-human">{holder.name.clone()}</span> }
    });
    let window = (view.status != "bot").then(|| window(view, now));
    let unread = (view.unread > 0).then(|| {
        view! { <span class="nav-count chat-unread" title="pesan belum dibaca">{view.unread}</span> }
    });
    let blocked = view.blocked.then(|| view! { <span class="badge badge-blocked">"Diblokir"</span> });
    view! { {unread}{waiting}{held}{blocked}{window} }
}

/// How long anything may still be written.
pub fn window(view: &ConversationView, now: DateTime<Utc>) -> impl IntoView + use<> {
    match view.window_closes_at.filter(|at| *at > now) {
        Some(at) => view! {
            <span class="chat-window" title="WhatsApp mengizinkan jawaban bebas sampai 24 jam setelah pesan terakhir warga.">
                "Jendela "<span data-until=at.to_rfc3339() data-over="tertutup">{words::span((at - now).num_seconds())}</span>
            </span>
        }
        .into_any(),
        None => view! { <span class="chat-window chat-window-closed">"Jendela tertutup"</span> }.into_any(),
    }
}

/// `14.03` today, `19 Nov` before.
fn clock_or_day(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let whole = jakarta_time(at);
    let Some(zone) = FixedOffset::east_opt(JAKARTA_SECONDS) else { return whole };
    let (date, clock) = whole.split_once(", ").unwrap_or((whole.as_str(), ""));
    if at.with_timezone(&zone).date_naive() == now.with_timezone(&zone).date_naive() {
        clock.to_owned()
    } else {
        date.rsplit_once(' ').map_or(date, |(day, _year)| day).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(number("628123456789"), "+62 812-3456-789");
        assert_eq!(number("62812"), "+62 812");
        assert_eq!(number("ID.1234abcd"), "ID.1234abcd");
    }

    #[test]
    fn today_is_a_clock_and_another_day_a_date() {
        let at = |text| DateTime::parse_from_rfc3339(text).expect("a time").to_utc();
        let now = at("2026-11-20T02:00:00Z");
        assert_eq!(clock_or_day(at("2026-11-19T18:30:00Z"), now), "01.30");
        assert_eq!(clock_or_day(at("2026-11-19T16:30:00Z"), now), "19 Nov");
    }
}
