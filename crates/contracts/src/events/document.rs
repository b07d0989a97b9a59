//! Documents on their way into the search index.

use serde::{Deserialize, Serialize};

use super::Event;
use crate::DocumentId;

macro_rules! document_event {
    ($($(#[$doc:meta])* $name:ident = $key:literal { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            pub document_id: DocumentId,
            /// Where the bytes lie in the shared storage; FAQ entries have none.
            #[serde(default)]
            pub key: Option<String>,
            pub version: i64,
            $($(#[$field_doc])* #[serde(default)] pub $field: $kind,)*
        }

        impl Event for $name {
            const ROUTING_KEY: &'static str = $key;
            fn subject(&self) -> String {
                self.document_id.to_string()
            }
            fn sequence(&self) -> Option<i64> {
                Some(self.version)
            }
        }
    )+};
}

document_event! {
    /// Staff uploaded or changed a document.
    DocumentUploaded = "document.uploaded" {
        title: Option<String>,
        /// `document` or `faq`.
        kind: Option<String>,
        /// What the bytes at `key` are.
        mime_type: Option<String>,
        /// The text itself, for an entry without a file.
        content: Option<String>,
        /// All offices may answer from it.
        shared: bool,
    }
    /// Its vectors are searchable.
    DocumentProcessed = "document.processed" { chunks: u32 }
    /// It can't be read, and why.
    DocumentFailed = "document.failed" { reason: Option<String> }
    /// What staff see of it has changed: for open dashboards alone.
    DocumentChanged = "document.changed" { status: Option<String> }
}
