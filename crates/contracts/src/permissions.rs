//! What a person may do: the words in an actor's token. The dashboard's roles bring them, every service enforces them.

/// Changes complaints.
pub const UPDATE_COMPLAINTS: &str = "complaint.update";
/// Sees complaints that are marked `rahasia`.
pub const SEE_SECRET: &str = "complaint.secret";
/// Sees who is behind an `anonim` complaint.
pub const REVEAL_IDENTITY: &str = "identity.reveal";
/// Assigns complaints to agencies and people.
pub const ASSIGN_COMPLAINTS: &str = "complaint.assign";
/// Exports lists of complaints.
pub const EXPORT_COMPLAINTS: &str = "complaint.export";
/// Sees and exports all that is stored of one citizen, and erases it.
pub const CITIZEN_PRIVACY: &str = "citizen.privacy";
/// Takes conversations over and writes to citizens.
pub const TAKE_CONVERSATIONS: &str = "conversation.take";
/// Takes a conversation from a colleague.
pub const FORCE_TAKEOVER: &str = "takeover.force";
/// Blocks citizens who abuse the service, and lets them in again.
pub const BLOCK_CITIZENS: &str = "citizen.block";
/// Writes FAQ entries and documents.
pub const MANAGE_KNOWLEDGE: &str = "knowledge.manage";
/// Changes categories, their fields and times, and the calendar.
pub const MANAGE_CATEGORIES: &str = "category.manage";
/// Adds and changes people of the office.
pub const MANAGE_STAFF: &str = "staff.manage";
/// Changes what the office sets for itself.
pub const MANAGE_OFFICE: &str = "office.manage";
