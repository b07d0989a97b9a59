//! Putting what the server drew where it belongs. What is there already as it is stays untouched.

use web_sys::Element;

use super::super::{News, Piece, WAITING, belongs};
use super::dom::{each, find, parse, set, word};

/// Who reads this close to the end wants to see what comes.
const NEAR_END: i32 = 120;

/// The waiting stay in their order, the others come first. A search or a later page takes in nobody new.
pub fn put_row(list: &Element, news: &News) {
    let (tab, row) = (word(list, "data-tab"), &news.row);
    let belongs = belongs(&tab, &news.status, news.holder_id.as_deref(), &word(list, "data-me"));
    let item = match find(list, &format!("li[data-id=\"{}\"]", row.id)) {
        Some(item) if !belongs => return item.remove(),
        Some(item) => item,
        None if !belongs || list.has_attribute("data-narrow") => return,
        None => {
            let Some(item) = parse("<ol><li></li></ol>").and_then(|made| find(&made, "li")) else { return };
            set(&item, "data-id", Some(&row.id));
            let _ = list.append_child(&item);
            item
        }
    };
    if tab != WAITING && word(&item, "data-seq").parse() != Ok(row.seq) {
        let _ = list.insert_before(&item, list.first_child().as_ref());
    }
    fill(&item, row);
}

/// Draws a piece, unless it is there as it is.
pub fn fill(item: &Element, piece: &Piece) {
    set(item, "data-seq", Some(&piece.seq.to_string()));
    if word(item, "data-version") != piece.version {
        set(item, "data-version", Some(&piece.version));
        item.set_inner_html(&piece.html);
    }
}

/// Puts messages among the others, each in place of its older self or where its number belongs; `true`: one was new.
pub fn put_messages(pane: &Element, pieces: &[Piece]) -> bool {
    let (Some(log), Some(list)) = (find(pane, ".chat-log"), find(pane, ".chat-messages")) else { return false };
    let near_end = log.scroll_height() - log.scroll_top() - log.client_height() < NEAR_END;
    let mut fresh = false;
    for piece in pieces {
        let item = find(&list, &format!("li[data-id=\"{}\"]", piece.id)).or_else(|| {
            let item = parse("<ol><li></li></ol>").and_then(|made| find(&made, "li"))?;
            set(&item, "data-id", Some(&piece.id));
            set(&item, "data-day", Some(&piece.day));
            let mut next = None;
            let mut before = list.last_element_child();
            while let Some(other) =
                before.take_if(|other| word(other, "data-seq").parse().is_ok_and(|seq: i64| seq > piece.seq))
            {
                before = other.previous_element_sibling();
                next = Some(other);
            }
            let _ = list.insert_before(&item, next.as_deref());
            fresh = true;
            Some(item)
        });
        if let Some(item) = item {
            fill(&item, piece);
        }
    }
    if fresh {
        each(&list, "li", |item| {
            let before = item.previous_element_sibling().map(|before| word(&before, "data-day"));
            item.set_class_name(if before == item.get_attribute("data-day") { "" } else { "new-day" });
        });
        if near_end {
            log.set_scroll_top(log.scroll_height());
        }
    }
    fresh
}

/// The messages of a drawing.
pub fn pieces(drawing: &Element) -> Vec<Piece> {
    let all = std::cell::RefCell::new(Vec::new());
    each(drawing, ".chat-messages > li", |item| {
        all.borrow_mut().push(Piece {
            id: word(&item, "data-id"),
            seq: word(&item, "data-seq").parse().unwrap_or_default(),
            version: word(&item, "data-version"),
            day: word(&item, "data-day"),
            html: item.inner_html(),
        });
    });
    all.into_inner()
}

/// Closes the form to answer, or opens it.
pub fn close(pane: &Element, closed: &str, why: Option<&str>) {
    let Some(form) = find(pane, ".chat-composer") else { return };
    set(&form, "data-closed", Some(closed));
    each(&form, "textarea, button", |part| set(&part, "disabled", (closed == "true").then_some("")));
    if let (Some(why), Some(place)) = (why, find(&form, ".chat-closed")) {
        place.set_text_content(Some(why));
    }
}

/// Exchanges what is inside of the parts with these names, if it has changed.
pub fn exchange(old: &Element, new: &Element, names: &[&str]) {
    for name in names {
        let css = format!("[data-live=\"{name}\"]");
        if let (Some(old), Some(new)) = (find(old, &css), find(new, &css))
            && old.inner_html() != new.inner_html()
        {
            old.set_inner_html(&new.inner_html());
        }
    }
}
