//! What stands around a conversation's messages, drawn for one viewer: who has it, and what they may do.

use chrono::{DateTime, Utc};
use contracts::dto::channel::ConversationView;
use leptos::prelude::*;

use super::rows::{number, who, window};
use super::words;
use crate::sessions::Viewer;
use crate::staff::{BLOCK_CITIZENS, FORCE_TAKEOVER, TAKE_CONVERSATIONS};

/// What the viewer is to a conversation.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub may_take: bool,
    pub may_force: bool,
    pub may_block: bool,
    /// They have it.
    pub holds: bool,
}

impl Part {
    /// The viewer's part in it.
    pub fn of(viewer: &Viewer, view: &ConversationView) -> Self {
        let holder = view.holder.as_ref().map(|holder| holder.id.as_str());
        Self {
            may_take: viewer.may(TAKE_CONVERSATIONS),
            may_force: viewer.may(FORCE_TAKEOVER),
            may_block: viewer.may(BLOCK_CITIZENS),
            holds: holder == Some(viewer.user_id.to_string().as_str()),
        }
    }
}

/// Why the viewer may not write now.
pub fn closed(view: &ConversationView, part: Part, now: DateTime<Utc>) -> Option<String> {
    let closed = |text: &str| Some(text.to_owned());
    match &view.holder {
        _ if !part.may_take => closed("Anda dapat membaca percakapan ini, tetapi tidak menjawab."),
        Some(holder) if !part.holds => Some(format!("{} sedang menangani percakapan ini.", holder.name)),
        None if view.status == "waiting" => {
            closed("Warga menunggu petugas. Ambil alih dahulu untuk menulis kepadanya.")
        }
        None => closed("Asisten sedang menjawab. Ambil alih dahulu untuk menulis kepada warga."),
        Some(_) if view.window_closes_at.is_none_or(|at| at <= now) => closed(
            "Jendela 24 jam WhatsApp sudah tertutup: jawaban bebas tidak dapat dikirim sampai warga menulis lagi.",
        ),
        Some(_) => None,
    }
}

/// Who it is, where it stands, and the buttons to take it.
pub fn head(view: &ConversationView, part: Part, warning_seconds: u32, now: DateTime<Utc>) -> String {
    let phone = view.wa_user_id.as_deref().map(number).filter(|phone| *phone != who(view));
    let state = match (&view.holder, view.status.as_str()) {
        (Some(_), _) if part.holds => "Anda yang menangani".to_owned(),
        (Some(holder), _) => format!("Ditangani {}", holder.name),
        (None, "waiting") => "Menunggu petugas".to_owned(),
        (None, _) => "Dijawab asisten".to_owned(),
    };
    let ends = view.takeover_expires_at.filter(|_| view.holder.is_some()).map(|at| {
        let left = (at - now).num_seconds();
        let soon = left < i64::from(warning_seconds);
        view! {
            <p class="banner banner-warn chat-expiry" role="status" hidden=!soon data-warn=at.to_rfc3339() data-warn-seconds=warning_seconds
                data-testid="chat-expiry">
                "Tanpa jawaban, percakapan kembali ke asisten dalam "
                <strong data-until=at.to_rfc3339() data-over="sesaat lagi">{words::span(left)}</strong>"."
            </p>
        }
    });
    view! {
        <div class="chat-head-line">
            <div class="chat-who">
                <h2 tabindex="-1">{who(view)}</h2>
                {phone.map(|phone| view! { <span class="muted">{phone}</span> })}
            </div>
            <div class="chat-acts">{take(view, part)}</div>
        </div>
        <p class="chat-state">
            <span class=format!("badge badge-{}", view.status) data-testid="chat-status" data-status=view.status.clone()>{state}</span>
            {window(view, now)}
            {view.blocked.then(|| view! { <span class="badge badge-blocked" data-testid="chat-blocked">"Diblokir"</span> })}
        </p>
        {ends}
    }
    .to_html()
}

/// Taking it, from the assistant or (confirmed) from a colleague.
fn take(view: &ConversationView, part: Part) -> impl IntoView + use<> {
    match &view.holder {
        None if part.may_take => Some(
            view! {
                <form method="post" action="/api/chat/act">
                    {hidden("take", view)}
                    <button class="button button-primary" type="submit" data-testid="chat-take">"Ambil alih"</button>
                </form>
            }
            .into_any(),
        ),
        Some(holder) if !part.holds && part.may_take && part.may_force => {
            let name = holder.name.clone();
            Some(
                view! {
                    <details class="chat-confirm">
                        <summary class="button" data-testid="chat-force">"Ambil paksa…"</summary>
                        <form method="post" action="/api/chat/act" class="chat-confirm-box">
                            {hidden("force", view)}
                            <p>{format!("{name} sedang menangani percakapan ini dan tidak akan dapat menulis lagi. Lanjutkan?")}</p>
                            <button class="button button-danger" type="submit" data-testid="chat-force-confirm">
                                {format!("Ya, ambil dari {name}")}
                            </button>
                        </form>
                    </details>
                }
                .into_any(),
            )
        }
        _ => None,
    }
}

/// Why a person is wanted, and what the last one noted.
pub fn notes(view: &ConversationView) -> String {
    let note = |label: String, text: Option<String>, testid: &'static str| {
        text.filter(|text| !text.trim().is_empty())
            .map(|text| view! { <p class="chat-note" data-testid=testid><strong>{label}</strong>" "{text}</p> })
    };
    let why = view.waiting_reason.as_deref().map(words::reason);
    let label = why.map_or("Ringkasan asisten:".to_owned(), |why| format!("{why}."));
    view! {
        {note(label, view.summary.clone(), "chat-summary")}
        {note("Catatan petugas sebelumnya:".to_owned(), view.last_note.clone(), "chat-last-note")}
    }
    .to_html()
}

/// Giving back and blocking: drawn only for who may, and the same until that changes.
pub fn tools(view: &ConversationView, part: Part) -> String {
    let back = part.holds.then(|| {
        view! {
            <section class="card padded" aria-labelledby="kembalikan">
                <h2 id="kembalikan">"Kembalikan ke asisten"</h2>
                <form method="post" action="/api/chat/act" class="stack">
                    {hidden("handback", view)}
                    <label class="field">
                        <span>"Catatan"<small class="muted">" (boleh kosong)"</small></span>
                        <textarea name="act[note]" rows="3" maxlength="1000" data-testid="chat-note"
                            placeholder="Apa yang sudah disepakati dengan warga?"></textarea>
                        <small class="muted">"Dibaca asisten sebelum menjawab lagi, tidak dikirim ke warga."</small>
                    </label>
                    <button class="button button-wide" type="submit" data-testid="chat-handback">"Kembalikan"</button>
                </form>
            </section>
        }
    });
    let block = (part.may_block && !view.blocked).then(|| {
        view! {
            <details class="card padded chat-block">
                <summary>"Blokir warga ini"</summary>
                <form method="post" action="/api/chat/act" class="stack">
                    {hidden("block", view)}
                    <label class="field">
                        <span>"Alasan"</span>
                        <input type="text" name="act[reason]" required maxlength="300" data-testid="chat-block-reason"/>
                    </label>
                    <label class="field">
                        <span>"Selama"</span>
                        <select name="act[days]" data-testid="chat-block-days">
                            <option value="1">"1 hari"</option>
                            <option value="7" selected>"7 hari"</option>
                            <option value="30">"30 hari"</option>
                            <option value="">"Sampai dicabut"</option>
                        </select>
                    </label>
                    <p class="muted">"Pesannya tetap disimpan, tetapi tidak dijawab. Dapat dicabut di halaman Kanal."</p>
                    <button class="button button-danger" type="submit" data-testid="chat-block">"Blokir"</button>
                </form>
            </details>
        }
    });
    view! { {back}{block} }.to_html()
}

/// What every act's form carries. The epoch in the key makes a double click one act, and the form the same until
/// somebody takes or gives back.
fn hidden(kind: &'static str, view: &ConversationView) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="act[kind]" value=kind/>
        <input type="hidden" name="act[conversation_id]" value=view.id.to_string()/>
        <input type="hidden" name="act[key]" value=view.epoch.to_string()/>
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use leptos::serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn held(by: Option<&str>, window: Duration) -> (ConversationView, DateTime<Utc>) {
        let now = DateTime::from_timestamp(1_795_140_000, 0).expect("a time");
        let view = json!({
            "id": Uuid::from_u128(2), "contact_id": Uuid::from_u128(3), "phone_number_id": "99", "wa_user_id": "628123456789",
            "status": if by.is_some() { "human" } else { "waiting" }, "epoch": 1, "last_seq": 1,
            "holder": by.map(|id| json!({ "id": id, "name": "Siti" })), "window_closes_at": now + window,
        });
        let view = leptos::serde_json::from_value(view).expect("a conversation");
        (view, now)
    }

    #[test]
    fn only_the_holder_writes_and_only_while_the_window_is_open() {
        let agent = Part { may_take: true, may_force: false, may_block: false, holds: true };
        let hour = Duration::hours(1);
        let (view, now) = held(Some("me"), hour);
        assert_eq!(closed(&view, agent, now), None);
        let why = |view: &ConversationView, part| closed(view, part, now).unwrap_or_default();
        assert!(why(&view, Part { holds: false, ..agent }).contains("Siti"));
        assert!(why(&view, Part { may_take: false, ..agent }).contains("membaca"));
        assert!(why(&held(Some("me"), -hour).0, agent).contains("24 jam"));
        assert!(why(&held(None, hour).0, Part { holds: false, ..agent }).contains("Ambil alih"));
    }

    #[test]
    fn force_is_offered_to_who_may_and_asks_first() {
        let (view, now) = held(Some("other"), Duration::hours(1));
        let agent = Part { may_take: true, may_force: false, may_block: false, holds: false };
        assert!(!head(&view, agent, 300, now).contains("chat-force"));
        let html = head(&view, Part { may_force: true, ..agent }, 300, now);
        assert!(html.contains("chat-force-confirm") && html.contains("<details"), "{html}");
        assert!(!html.contains("chat-take"));
    }
}
