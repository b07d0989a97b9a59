//! A message as a piece of HTML: who wrote it, what it says, its file or place, and how far it has come.

use std::hash::{DefaultHasher, Hash, Hasher};

use contracts::message::{Author, Direction, MediaRef, MediaState, MessageStatus, MessageView};
use leptos::prelude::*;
use uuid::Uuid;

use super::{Piece, words};
use crate::app::components::jakarta_time;

/// A message; `name` is the member of staff who wrote it.
pub fn piece(message: &MessageView, name: Option<&str>, may_retry: bool) -> Piece {
    let whole = jakarta_time(message.sent_at);
    let (day, clock) = whole.split_once(", ").unwrap_or((whole.as_str(), ""));
    let html = draw(message, name, clock, may_retry);
    let mut hash = DefaultHasher::new();
    // The key of the retry form is new with each drawing.
    (message.status, name, may_retry, &message.text, &message.error).hash(&mut hash);
    format!("{:?}{:?}", message.media, message.marks).hash(&mut hash);
    Piece {
        id: message.id.to_string(),
        seq: message.seq,
        version: format!("{:x}", hash.finish()),
        day: day.to_owned(),
        html,
    }
}

fn draw(message: &MessageView, name: Option<&str>, clock: &str, may_retry: bool) -> String {
    let side = if message.direction == Direction::Inbound { "in" } else { "out" };
    let class = format!("bubble bubble-{side} bubble-{}", message.author.as_str());
    let marks = &message.marks;
    let revoked = marks.revoked_at.is_some();
    let edited = marks.edited_at.is_some().then(|| view! { <span>" · diedit"</span> });
    let reactions = (!marks.reactions.is_empty()).then(|| {
        let emojis: Vec<_> = marks.reactions.iter().map(|reaction| reaction.emoji.clone()).collect();
        view! { <p class="bubble-reactions" aria-label="Reaksi">{emojis.join(" ")}</p> }
    });
    view! {
        <article class=class data-testid="chat-message" data-status=message.status.as_str() data-author=message.author.as_str()
            data-message-id=message.id.to_string()>
            <p class="bubble-who">{author(message.author, name)}</p>
            {marks.group_id.is_some().then(|| view! { <p class="bubble-note">"Ditulis di grup"</p> })}
            {marks.reply_to.is_some().then(|| view! { <p class="bubble-note">"Membalas pesan sebelumnya"</p> })}
            {revoked.then(|| view! { <p class="bubble-note">"Ditarik oleh pengirimnya. Isinya disimpan:"</p> })}
            {marks.original_text.clone().map(|text| view! { <p class="bubble-note">"Semula: "{text}</p> })}
            {content(message)}
            {reactions}
            <p class="bubble-foot"><time datetime=message.sent_at.to_rfc3339()>{clock.to_owned()}</time>{edited}{ticks(message)}</p>
            {failure(message, may_retry)}
        </article>
    }
    .to_html()
}

fn author(author: Author, name: Option<&str>) -> String {
    match (author, name) {
        (Author::Citizen, _) => "Warga".to_owned(),
        (Author::Bot, _) => "Asisten".to_owned(),
        (Author::Admin, Some(name)) => format!("Petugas · {name}"),
        (Author::Admin, None) => "Petugas".to_owned(),
        (Author::System, _) => "Sistem".to_owned(),
    }
}

fn content(message: &MessageView) -> impl IntoView + use<> {
    let text = message.text.clone().filter(|text| !text.trim().is_empty());
    let place = message.location.clone().map(|place| {
        let (lat, lng) = (place.latitude, place.longitude);
        let href = format!("https://www.openstreetmap.org/?mlat={lat:.6}&mlon={lng:.6}#map=18/{lat:.6}/{lng:.6}");
        view! {
            <p class="bubble-place">
                {place.name.map(|name| view! { <strong>{name}</strong> })}
                {place.address.map(|address| view! { <span>{address}</span> })}
                <a href=href target="_blank" rel="noopener noreferrer external">{format!("Lihat di peta: {lat:.6}, {lng:.6}")}</a>
            </p>
        }
    });
    let bare = text.is_none() && message.media.is_none() && message.location.is_none();
    let transcribed = message.media.as_ref().is_some_and(|media| media.transcribed);
    view! {
        {message.media.as_ref().map(|media| file(&message.kind, media))}
        {place}
        {text.map(|text| view! {
            {transcribed.then(|| view! { <p class="bubble-note">"Transkripsi otomatis:"</p> })}
            <p class="bubble-text">{text}</p>
        })}
        {bare.then(|| view! { <p class="bubble-note">{format!("[{}]", words::kind(&message.kind))}</p> })}
    }
}

/// A file that is there, or why it is not.
fn file(kind: &str, media: &MediaRef) -> impl IntoView + use<> {
    let label = words::kind(kind);
    let there = media.key.is_some() || media.state == Some(MediaState::Stored);
    if !there {
        let why = match media.state {
            Some(MediaState::Refused) => "tidak dapat diterima",
            Some(MediaState::Expired) => "sudah tidak tersedia di WhatsApp",
            Some(MediaState::Failed) => "gagal diambil dari WhatsApp",
            _ => "sedang diambil…",
        };
        return view! { <p class="bubble-note">{format!("{label}: {why}")}{media.reason.clone().map(|reason| format!(" ({reason})"))}</p> }
            .into_any();
    }
    let src = format!("/media/{}", media.id);
    let mime = media.mime_type.clone().unwrap_or_default();
    if mime.starts_with("image/") {
        let big = src.clone();
        view! { <a class="bubble-image" href=big target="_blank" rel="external"><img src=src alt=label loading="lazy"/></a> }.into_any()
    } else if mime.starts_with("audio/") {
        view! { <audio class="bubble-audio" controls preload="none" src=src aria-label=label></audio> }.into_any()
    } else if mime.starts_with("video/") {
        view! { <video class="bubble-video" controls preload="none" src=src aria-label=label></video> }.into_any()
    } else {
        let name = media.filename.clone().unwrap_or_else(|| label.to_owned());
        let shown = name.clone();
        view! { <p><a class="bubble-file" href=src download=name rel="external">{shown}{media.size.map(|size| format!(" ({} kB)", size.div_ceil(1024)))}</a></p> }
            .into_any()
    }
}

/// How far an outbound message has come: a mark for the eye, words for everybody.
fn ticks(message: &MessageView) -> impl IntoView + use<> {
    let (mark, words) = match message.status {
        MessageStatus::Received => return None,
        MessageStatus::Queued | MessageStatus::Sending => ("◷", "menunggu dikirim"),
        MessageStatus::Unconfirmed => ("?", "belum pasti terkirim"),
        MessageStatus::Sent => ("✓", "terkirim"),
        MessageStatus::Delivered => ("✓✓", "sampai"),
        MessageStatus::Read => ("✓✓", "dibaca"),
        MessageStatus::Played => ("✓✓", "diputar"),
        MessageStatus::Failed => ("!", "gagal"),
        MessageStatus::Discarded => ("–", "tidak dikirim: petugas mengambil alih"),
    };
    let class = format!("tick tick-{}", message.status.as_str());
    Some(
        view! { <span class=class title=words><span aria-hidden="true">{mark}</span><span class="visually-hidden">{words}</span></span> },
    )
}

/// Why it did not go out, and another try.
fn failure(message: &MessageView, may_retry: bool) -> impl IntoView + use<> {
    let failed = message.status == MessageStatus::Failed && message.direction == Direction::Outbound;
    failed.then(|| {
        let why = message.error.clone().unwrap_or_else(|| "WhatsApp tidak mengatakan alasannya".to_owned());
        let again = may_retry.then(|| {
            view! {
                <form method="post" action="/api/chat/act" class="bubble-again">
                    <input type="hidden" name="act[kind]" value="retry"/>
                    <input type="hidden" name="act[conversation_id]" value=message.conversation_id.to_string()/>
                    <input type="hidden" name="act[message_id]" value=message.id.to_string()/>
                    <input type="hidden" name="act[key]" value=Uuid::now_v7().to_string()/>
                    <button class="button button-small" type="submit" data-testid="chat-retry">"Kirim ulang"</button>
                </form>
            }
        });
        view! { <div class="bubble-failed" role="note"><p>"Gagal terkirim: "{why}</p>{again}</div> }
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use contracts::message::MessageMarks;

    use super::*;

    fn message() -> MessageView {
        MessageView {
            id: Uuid::from_u128(1).into(),
            wamid: None,
            conversation_id: Uuid::from_u128(2).into(),
            contact_id: Uuid::from_u128(3).into(),
            wa_user_id: None,
            seq: 4,
            direction: Direction::Outbound,
            author: Author::Admin,
            kind: "text".to_owned(),
            text: Some("<script>alert(1)</script>".to_owned()),
            media: None,
            location: None,
            status: MessageStatus::Failed,
            error: Some("Re-engagement message (131047)".to_owned()),
            sent_at: DateTime::from_timestamp(1_795_140_000, 0).expect("a time"),
            marks: MessageMarks::default(),
        }
    }

    #[test]
    fn what_a_citizen_writes_is_never_markup() {
        let html = piece(&message(), Some("Siti <b>"), true).html;
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script>") && !html.contains("Siti <b>"), "{html}");
    }

    #[test]
    fn a_failure_says_why_and_offers_another_try_to_who_may() {
        let html = piece(&message(), None, true).html;
        assert!(
            html.contains("131047") && html.contains("chat-retry") && html.contains(r#"data-status="failed""#),
            "{html}"
        );
        assert!(!piece(&message(), None, false).html.contains("chat-retry"));
    }

    #[test]
    fn a_tick_is_another_version_and_the_same_drawing_is_none() {
        let one = piece(&message(), None, true);
        assert_eq!(one.version, piece(&message(), None, true).version);
        let moved = MessageView { status: MessageStatus::Delivered, ..message() };
        assert_ne!(one.version, piece(&moved, None, true).version);
    }
}
