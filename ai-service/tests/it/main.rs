//! The AI service as its neighbours know it: conversations by script, turns over a real PostgreSQL with case-service
//! played by a mock, and the model on texts that it was not trained from.

mod analytics;
mod conversations;
mod law;
mod model;
mod privacy;
mod process;
mod resume;
mod turns;
mod world;
