//! The programs of a world, by name.

/// One of the six programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    Channel,
    Ai,
    Case,
    Notification,
    Dashboard,
    Simulator,
}

impl Service {
    /// Our five services, without the stand-in for WhatsApp.
    pub const OURS: [Self; 5] = [Self::Channel, Self::Ai, Self::Case, Self::Notification, Self::Dashboard];
    /// Everything that runs.
    pub const ALL: [Self; 6] =
        [Self::Channel, Self::Ai, Self::Case, Self::Notification, Self::Dashboard, Self::Simulator];

    /// The program's name.
    pub fn program(self) -> &'static str {
        match self {
            Self::Channel => "channel-service",
            Self::Ai => "ai-service",
            Self::Case => "case-service",
            Self::Notification => "notification-service",
            Self::Dashboard => "dashboard",
            Self::Simulator => "simulator",
        }
    }

    /// The name of its database.
    pub fn database(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Ai => "ai",
            Self::Case => "case",
            Self::Notification => "notification",
            Self::Dashboard | Self::Simulator => "dashboard",
        }
    }
}
