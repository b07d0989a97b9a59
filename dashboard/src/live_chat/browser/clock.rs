//! Times that run, and what every page's frame says.

use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use web_sys::Element;

use super::super::{Frame, MINE, WAITING, words};
use super::dom::{each, set, word};

/// How often waiting times and windows are counted anew.
const TICK: Duration = Duration::from_secs(5);

/// Lets the times on the page run until the owner is cleaned up.
pub fn keep_time() {
    if let Ok(interval) = set_interval_with_handle(tick, TICK) {
        on_cleanup(move || interval.clear());
    }
}

/// Shows how many wait and which numbers stand still, wherever the page says so.
pub fn show(frame: &Frame) {
    let Some(page) = document().document_element() else { return };
    for (name, count) in [(WAITING, frame.waiting), (MINE, frame.mine)] {
        each(&page, &format!("[data-count=\"{name}\"]"), |place| {
            place.set_text_content(Some(&count.to_string()));
            set(&place, "hidden", (count == 0).then_some(""));
        });
    }
    each(&page, "[data-problems]", |place| {
        if place.inner_html() != frame.problems {
            place.set_inner_html(&frame.problems);
        }
    });
}

fn tick() {
    let (Some(clock), Some(page)) = (window().performance(), document().document_element()) else { return };
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit")]
    let now = ((clock.time_origin() + clock.now()) / 1000.0) as i64;
    let left = |element: &Element, name: &str| {
        word(element, name).parse::<DateTime<Utc>>().ok().map(|at| at.timestamp() - now)
    };
    each(&page, "[data-since]", |element| {
        if let Some(left) = left(&element, "data-since") {
            element.set_text_content(Some(&words::span(-left)));
        }
    });
    each(&page, "[data-until]", |element| match left(&element, "data-until") {
        Some(left) if left > 0 => element.set_text_content(Some(&words::span(left))),
        Some(_) => element.set_text_content(element.get_attribute("data-over").as_deref()),
        None => {}
    });
    each(&page, "[data-warn]", |element| {
        let early = word(&element, "data-warn-seconds").parse().unwrap_or(0_i64);
        if left(&element, "data-warn").is_some_and(|left| left < early) {
            set(&element, "hidden", None);
        }
    });
}
