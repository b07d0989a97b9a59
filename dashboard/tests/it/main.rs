//! The dashboard as browsers and services meet it: real database and broker, a case-service made of `wiremock`.

mod analytics;
mod channel_pages;
mod chat;
mod document_events;
mod documents;
mod forms;
mod internal_api;
mod isolation;
mod knowledge;
mod live;
mod pages;
mod sign_in;
mod world;
