//! The notification service as its callers know it: the real router and handlers over a real PostgreSQL, a stand-in
//! for channel-service, and RabbitMQ where the whole way matters.

mod asking;
mod broker;
mod complaints;
mod delivery;
mod offices;
mod statuses;
mod templates;
mod world;
