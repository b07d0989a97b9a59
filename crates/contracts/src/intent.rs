//! What a citizen wants.

use serde::{Deserialize, Serialize};

/// The intents that the assistant tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Intent {
    KnowledgeQuery,
    CreateComplaint,
    CheckStatus,
    UpdateComplaint,
    CancelComplaint,
    ComplaintHistory,
    HumanHandoff,
    Greeting,
    Thanks,
    Confirm,
    Deny,
    OutOfScope,
}

impl Intent {
    /// Every intent.
    pub const ALL: [Self; 12] = [
        Self::KnowledgeQuery,
        Self::CreateComplaint,
        Self::CheckStatus,
        Self::UpdateComplaint,
        Self::CancelComplaint,
        Self::ComplaintHistory,
        Self::HumanHandoff,
        Self::Greeting,
        Self::Thanks,
        Self::Confirm,
        Self::Deny,
        Self::OutOfScope,
    ];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KnowledgeQuery => "KNOWLEDGE_QUERY",
            Self::CreateComplaint => "CREATE_COMPLAINT",
            Self::CheckStatus => "CHECK_STATUS",
            Self::UpdateComplaint => "UPDATE_COMPLAINT",
            Self::CancelComplaint => "CANCEL_COMPLAINT",
            Self::ComplaintHistory => "COMPLAINT_HISTORY",
            Self::HumanHandoff => "HUMAN_HANDOFF",
            Self::Greeting => "GREETING",
            Self::Thanks => "THANKS",
            Self::Confirm => "CONFIRM",
            Self::Deny => "DENY",
            Self::OutOfScope => "OUT_OF_SCOPE",
        }
    }
}

impl std::fmt::Display for Intent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_on_the_wire_is_the_one_in_the_code() {
        for intent in Intent::ALL {
            assert_eq!(serde_json::to_value(intent).expect("JSON"), intent.as_str());
        }
    }
}
