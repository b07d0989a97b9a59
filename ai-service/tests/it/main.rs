//! The AI service as its neighbours know it: conversations by script, turns over a real PostgreSQL with case-service
//! played by a mock, and the model on texts that it was not trained from.

mod analytics;
mod areas;
mod conversations;
mod documents;
mod injections;
mod knowledge;
mod law;
mod model;
mod neighbours;
mod privacy;
mod process;
mod providers;
mod resume;
mod transcriptions;
mod turns;
mod vendors;
mod world;
