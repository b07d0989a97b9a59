//! Forms as a browser without script sends them.

use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use testkit::{Answer, Api};

const BOUNDARY: &str = "----batas";

/// Fields of words.
pub async fn send(browser: &Api, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))).collect();
    browser
        .with("content-type", "application/x-www-form-urlencoded")
        .call(Method::POST, path, body.join("&").into())
        .await
}

/// Fields of words and one file.
pub async fn upload(browser: &Api, path: &str, fields: &[(&str, &str)], name: &str, content: &[u8]) -> Answer {
    let mut body = Vec::with_capacity(content.len() + 1024);
    for (field, value) in fields {
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    browser
        .with("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
        .call(Method::POST, path, body.into())
        .await
}

/// The value of an attribute on the first element that has this `data-testid`.
pub fn attribute(html: &str, testid: &str, name: &str) -> String {
    let at = html.find(&format!("data-testid=\"{testid}\"")).unwrap_or_else(|| panic!("no {testid} in {html}"));
    let from = html[..at].rfind('<').expect("an element");
    let tag = &html[from..from + html[from..].find('>').expect("its end")];
    let value = tag.split(&format!(" {name}=\"")).nth(1).unwrap_or_else(|| panic!("no {name} in {tag}"));
    value.split('"').next().expect("a value").to_owned()
}

/// What the first element with this `data-testid` begins with.
pub fn text<'a>(html: &'a str, testid: &str) -> &'a str {
    let at = html.find(&format!("data-testid=\"{testid}\"")).unwrap_or_else(|| panic!("no {testid} in {html}"));
    html[at..].split(['>', '<']).nth(1).expect("a text")
}

/// How often something stands in a page.
pub fn count(html: &str, what: &str) -> usize {
    html.matches(what).count()
}
