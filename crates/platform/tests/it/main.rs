//! The platform's promises, on a real PostgreSQL and a real RabbitMQ.

mod bus;
mod dead_letters;
mod http;
mod idempotency;
mod offices;
mod outbox;
mod support;
