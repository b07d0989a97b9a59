//! Pieces of drawn pages.

use leptos::prelude::*;

use crate::documents::Status;

/// How far a document has come, as a coloured word.
#[component]
pub fn StatusWord(status: Status) -> impl IntoView {
    view! { <span class=format!("badge badge-doc-{}", status.as_str()) data-testid="document-status">{status.label()}</span> }
}

/// What the form before this page has done; `pesan` in the address.
#[component]
pub fn Notice(word: Option<String>) -> impl IntoView {
    let text = word.and_then(|word| match word.as_str() {
        "tersimpan" => Some("Sudah disimpan. Asisten sedang mempelajarinya."),
        "diunggah" => Some("Berkas sudah diterima. Asisten sedang mempelajarinya."),
        "diproses" => Some("Dokumen dibaca ulang."),
        "nonaktif" => Some("Sudah dinonaktifkan. Asisten tidak memakainya lagi."),
        "aktif" => Some("Sudah diaktifkan kembali."),
        "dihapus" => Some("Sudah dihapus, juga dari jawaban asisten."),
        _ => None,
    });
    text.map(|text| view! { <p class="banner banner-good" role="status" data-testid="notice">{text}</p> })
}

/// What was not right with a form, one sentence each.
#[component]
pub fn Errors(said: Vec<String>) -> impl IntoView {
    (!said.is_empty()).then(|| {
        view! {
            <div class="banner banner-error" role="alert" data-testid="form-error">
                {said.into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
            </div>
        }
    })
}

/// A button that asks once more before it does something, without a script.
#[component]
pub fn Confirmed(
    action: String,
    label: &'static str,
    question: &'static str,
    yes: &'static str,
    testid: &'static str,
) -> impl IntoView {
    view! {
        <details class="confirm">
            <summary class="button button-wide" data-testid=testid>{label}</summary>
            <form method="post" action=action class="stack">
                <p class="muted">{question}</p>
                <button class="button button-danger button-wide" type="submit" data-testid=format!("{testid}-yes")>{yes}</button>
            </form>
        </details>
    }
}

/// What all offices share.
#[component]
pub fn SharedWord() -> impl IntoView {
    view! { <span class="badge badge-shared">"Semua kantor"</span> }
}

/// `1,4 MB`
pub fn size_text(bytes: i64) -> String {
    const KILO: i64 = 1024;
    let tenths = |unit: i64| {
        let tenths = bytes.saturating_mul(10) / unit;
        format!("{},{}", tenths / 10, tenths % 10)
    };
    match bytes {
        ..KILO => format!("{bytes} B"),
        bytes if bytes < KILO * KILO => format!("{} kB", bytes / KILO),
        _ => format!("{} MB", tenths(KILO * KILO)),
    }
}

#[cfg(test)]
mod tests {
    use super::size_text;

    #[test]
    fn sizes_read_as_indonesians_write_them() {
        assert_eq!([12, 2_048, 1_500_000].map(size_text), ["12 B", "2 kB", "1,4 MB"]);
    }
}
