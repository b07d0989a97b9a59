//! Offices' own texts, checked once per version of their settings.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use contracts::OfficeId;
use contracts::office::Office;

use crate::dialogue::words::Texts;
use crate::metrics::Metrics;

/// What was checked, by office and version. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct OfficeTexts(Arc<Mutex<HashMap<OfficeId, (i64, Texts)>>>);

impl OfficeTexts {
    /// The office's texts that work. Those that don't are logged and counted, once.
    pub fn of(&self, office: &Office, metrics: &Metrics) -> Texts {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, texts)) = known.get(&office.office_id)
            && *version == office.version
        {
            return texts.clone();
        }
        let (texts, broken) = Texts::of(&office.settings);
        for broken in broken {
            tracing::warn!(office = %office.office_id, key = broken.key, why = broken.why, "an office's text does not work; ours is used");
            metrics.broken_texts.inc();
        }
        known.insert(office.office_id, (office.version, texts.clone()));
        texts
    }
}
