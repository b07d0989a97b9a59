//! The channel service as WhatsApp, staff and the other services know it: the real router and workers over a real
//! PostgreSQL and RabbitMQ; the Graph API is the simulator, or a stub where an odd answer is wanted.

mod batches;
mod blocks;
mod bsuid;
mod changes;
mod citizens;
mod contacts;
mod corpus;
mod dedup;
mod durability;
mod errors;
mod fence;
mod fuzz;
mod graph;
mod kinds;
mod live_chat;
mod media;
mod merging;
mod offices;
mod pace;
mod poison;
mod retention;
mod retry;
mod running;
mod sending;
mod sent_files;
mod shelf;
mod stage;
mod status_order;
mod statuses;
mod takeover;
mod turn_taking;
mod turns;
mod unconfirmed;
mod webhook;
