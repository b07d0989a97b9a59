//! The dashboard as browsers and services meet it: real database and broker, a case-service made of `wiremock`.

mod internal_api;
mod isolation;
mod live;
mod pages;
mod sign_in;
mod world;
