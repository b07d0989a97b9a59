//! The channel service as WhatsApp, staff and the other services know it: the real router and workers over a real
//! PostgreSQL and RabbitMQ; the Graph API is the simulator, or a stub where an odd answer is wanted.

mod changes;
mod contacts;
mod corpus;
mod dedup;
mod durability;
mod fence;
mod graph;
mod offices;
mod poison;
mod retention;
mod running;
mod sending;
mod stage;
mod statuses;
mod takeover;
mod turns;
mod unconfirmed;
mod webhook;
