//! The document, in a few words.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::Element;

use super::Place;

pub fn root(place: Place) -> Option<Element> {
    place.get_untracked().map(wasm_bindgen::JsCast::unchecked_into)
}

pub fn find(within: &Element, css: &str) -> Option<Element> {
    within.query_selector(css).ok().flatten()
}

pub fn each(within: &Element, css: &str, act: impl Fn(Element)) {
    let Ok(found) = within.query_selector_all(css) else { return };
    for element in (0..found.length()).filter_map(|n| found.get(n)?.dyn_into().ok()) {
        act(element);
    }
}

pub fn word(element: &Element, name: &str) -> String {
    element.get_attribute(name).unwrap_or_default()
}

pub fn set(element: &Element, name: &str, value: Option<&str>) {
    // Setting an attribute of ours can't fail.
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

pub fn parse(html: &str) -> Option<Element> {
    let element = document().create_element("div").ok()?;
    element.set_inner_html(html);
    Some(element)
}
