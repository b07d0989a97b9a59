//! The case service as its callers know it: the real router over a real PostgreSQL, and RabbitMQ where events matter.

mod categories;
mod clock;
mod creation;
mod events;
mod life;
mod lists;
mod numbers;
mod offices;
mod open311;
mod people;
mod privacy;
mod sight;
mod world;
