//! The bus: one connection per process to RabbitMQ, kept alive through outages of seconds or hours.
//!
//! [`link`] connects, declares the whole topology and reconnects; [`publish`] sends and waits for the broker's
//! confirm; [`consume`] hands deliveries to handlers and acts on their verdicts; [`live`] is the ephemeral feed of open
//! dashboards; [`names`] puts a prefix before everything, so that tests do not meet.

mod consume;
mod declare;
mod delivery;
mod link;
mod live;
mod names;
mod publish;

pub(crate) use consume::start;
pub use consume::{BatchHandler, Consumer, Handler};
pub use delivery::{Delivery, HandlerError, Verdict};
pub(crate) use delivery::{REDRIVEN, headers};
pub use link::{Bus, BusConfig};
pub use live::{LiveEvent, follow};
pub use names::Names;
pub use publish::{Outgoing, PublishError};
