//! Offices: the dashboard owns them, every other service keeps a replica from `office.updated`.

#[cfg(feature = "ssr")]
pub mod first;
#[cfg(feature = "ssr")]
pub mod http;
#[cfg(feature = "ssr")]
pub mod store;
