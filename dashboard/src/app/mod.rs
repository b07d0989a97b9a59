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
use crate::overview::page::OverviewPage;
use crate::sessions::page::LoginPage;

/// Everything inside `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|text: String| if text.is_empty() { "GovConnect".to_owned() } else { format!("{text} · GovConnect") }/>
        <Router>
            <Routes fallback=not_found::NotFound>
                <Route path=path!("/login") view=LoginPage/>
                <ParentRoute path=path!("") view=layout::Layout>
                    <Route path=path!("/dashboard") view=OverviewPage/>
                    <Route path=path!("/complaints") view=ComplaintsPage/>
                    <Route path=path!("/complaints/:id") view=ComplaintPage/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
