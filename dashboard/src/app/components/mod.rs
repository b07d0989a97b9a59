//! Small pieces that every page is made of.

use chrono::{DateTime, FixedOffset, Utc};
use contracts::ComplaintStatus;
use leptos::prelude::*;

use crate::error::AppError;

/// Offices live in Asia/Jakarta, which knows no summer time.
const JAKARTA_SECONDS: i32 = 7 * 60 * 60;
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];

/// `20 Nov 2026, 14.03`
pub fn jakarta_time(at: DateTime<Utc>) -> String {
    use chrono::{Datelike as _, Timelike as _};
    let Some(zone) = FixedOffset::east_opt(JAKARTA_SECONDS) else { return at.to_string() };
    let at = at.with_timezone(&zone);
    let month = MONTHS.get(at.month0() as usize).copied().unwrap_or_default();
    format!("{} {month} {}, {:02}.{:02}", at.day(), at.year(), at.hour(), at.minute())
}

/// A moment, in the office's time.
#[component]
pub fn When(at: DateTime<Utc>) -> impl IntoView {
    view! { <time datetime=at.to_rfc3339()>{jakarta_time(at)}</time> }
}

/// Where a complaint stands, as a coloured word.
#[component]
pub fn StatusBadge(status: ComplaintStatus) -> impl IntoView {
    view! { <span class=format!("badge badge-{}", status.as_str())>{status.label()}</span> }
}

/// Why there is nothing to show.
#[component]
pub fn Trouble(error: AppError) -> impl IntoView {
    let (text, way_out) = match error {
        AppError::NotSignedIn => {
            (AppError::NotSignedIn.to_string(), Some(view! { <p><a href="/login" rel="external">"Masuk lagi"</a></p> }))
        }
        other => (other.to_string(), None),
    };
    view! {
        <div class="banner banner-error" role="alert" data-testid="error-banner">
            <p>{text}</p>
            {way_out}
        </div>
    }
}

/// Nothing is there, and that is fine.
#[component]
pub fn Empty(#[prop(into)] title: String, #[prop(into)] hint: String) -> impl IntoView {
    view! {
        <div class="empty" data-testid="empty-state">
            <svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2">
                <path d="M8 26 14 10h20l6 16v12H8V26Z"/>
                <path d="M8 26h10l2 4h8l2-4h10"/>
            </svg>
            <p class="empty-title">{title}</p>
            <p class="muted">{hint}</p>
        </div>
    }
}

/// The mark: a speech bubble with a tick.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
            <path class="mark-bubble" d="M6 4h20a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H15l-8 6v-6H6a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4Z"/>
            <path class="mark-tick" d="m10 14 4.5 4.5L22 11" fill="none" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_the_offices_own() {
        let at = DateTime::parse_from_rfc3339("2026-05-31T18:05:00Z").expect("a time").to_utc();
        assert_eq!(jakarta_time(at), "1 Jun 2026, 01.05");
    }
}
