//! The pages and what surrounds them. The same code draws them on the server and takes over in the browser.

pub mod components;
mod layout;
mod not_found;
#[cfg(feature = "ssr")]
pub mod shell;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::complaints::{detail::ComplaintPage, list::ComplaintsPage};
use crate::drawn::DrawnPage;
use crate::live_chat::page::ChatPage;
use crate::overview::page::OverviewPage;
use crate::sessions::page::LoginPage;

/// How many citizens wait for a person: said before each page's title, in the browser.
#[derive(Debug, Clone, Copy)]
pub struct TitleCount(pub RwSignal<u32>);

fn title(text: &str, waiting: u32) -> String {
    let count = if waiting > 0 { format!("({waiting}) ") } else { String::new() };
    if text.is_empty() { format!("{count}GovConnect") } else { format!("{count}{text} · GovConnect") }
}

/// Everything inside `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let waiting = RwSignal::new(0);
    provide_context(TitleCount(waiting));
    view! {
        <Title formatter=move |text: String| title(&text, waiting.try_get().unwrap_or_default())/>
        <Router>
            <Routes fallback=not_found::NotFound>
                <Route path=path!("/login") view=LoginPage/>
                <ParentRoute path=path!("") view=layout::Layout>
                    <Route path=path!("/dashboard") view=OverviewPage/>
                    <Route path=path!("/complaints") view=ComplaintsPage/>
                    <Route path=path!("/complaints/:id") view=ComplaintPage/>
                    <Route path=path!("/knowledge") view=|| view! { <DrawnPage title="Pengetahuan"/> }/>
                    <Route path=path!("/knowledge/:id") view=|| view! { <DrawnPage title="Tanya jawab"/> }/>
                    <Route path=path!("/documents") view=|| view! { <DrawnPage title="Dokumen"/> }/>
                    <Route path=path!("/documents/:id") view=|| view! { <DrawnPage title="Dokumen"/> }/>
                    <Route path=path!("/analytics") view=|| view! { <DrawnPage title="Statistik"/> }/>
                    <Route path=path!("/live-chat/:id?") view=ChatPage/>
                    <Route path=path!("/channel") view=|| view! { <DrawnPage title="Kanal"/> }/>
                    <Route path=path!("/settings") view=|| view! { <DrawnPage title="Pengaturan"/> }/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
