//! Conversations over a restart: one JSON line per fact in `SIM_DATA/journal.jsonl`, media beside it.
//!
//! Lines are appended under the world's lock, so their order is the order in which things happened. A half-written last
//! line (the process died) is skipped when reading.

use std::fs::{File, OpenOptions, create_dir_all, read, read_to_string, remove_dir_all, write};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::message::{Message, Status};
use super::world::{Citizen, Media, Number, World};

/// A fact worth keeping.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    Number(Number),
    Citizen(Citizen),
    Message(Box<Message>),
    Status { wamid: String, status: Status, error: Option<i64> },
    Media { id: String, mime_type: String, filename: Option<String>, created_ms: i64 },
}

/// The open journal, or none when nothing is to be kept.
#[derive(Debug, Default)]
pub struct Journal(Option<(PathBuf, File)>);

impl Journal {
    /// Opens the folder and replays what it holds into the world.
    pub fn open(folder: Option<&Path>, world: &mut World) -> anyhow::Result<Self> {
        let Some(folder) = folder else { return Ok(Self(None)) };
        let media = folder.join("media");
        create_dir_all(&media).with_context(|| format!("SIM_DATA: can't make {}", media.display()))?;
        let path = folder.join("journal.jsonl");
        if path.exists() {
            let text = read_to_string(&path).with_context(|| format!("SIM_DATA: can't read {}", path.display()))?;
            for fact in text.lines().filter_map(|line| serde_json::from_str(line).ok()) {
                replay(world, fact, &media);
            }
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("SIM_DATA: can't write {}", path.display()))?;
        Ok(Self(Some((folder.to_owned(), file))))
    }

    pub fn note(&mut self, fact: &Fact) {
        let Some((_, file)) = &mut self.0 else { return };
        let written = serde_json::to_string(fact).map_err(std::io::Error::from);
        if let Err(error) = written.and_then(|line| writeln!(file, "{line}")) {
            tracing::warn!(%error, "the journal could not be written");
        }
    }

    pub fn note_media(&mut self, media: &Media) {
        let Some((folder, _)) = &self.0 else { return };
        if let Err(error) = write(folder.join("media").join(&media.id), &media.bytes) {
            tracing::warn!(%error, "a media file could not be kept");
        }
        self.note(&Fact::Media {
            id: media.id.clone(),
            mime_type: media.mime_type.clone(),
            filename: media.filename.clone(),
            created_ms: media.created_ms,
        });
    }

    /// Empties the folder.
    pub fn clear(&mut self) {
        let Some((folder, file)) = &mut self.0 else { return };
        let media = folder.join("media");
        let cleared = file.set_len(0).and_then(|()| remove_dir_all(&media)).and_then(|()| create_dir_all(&media));
        if let Err(error) = cleared {
            tracing::warn!(%error, "the journal could not be emptied");
        }
    }
}

fn replay(world: &mut World, fact: Fact, media: &Path) {
    match fact {
        Fact::Number(number) => world.put_number(number),
        Fact::Citizen(citizen) => world.put_citizen(citizen),
        Fact::Message(message) => {
            world.citizen(&message.citizen);
            world.push(*message);
        }
        Fact::Status { wamid, status, error } => {
            world.advance(&wamid, status, error);
        }
        Fact::Media { id, mime_type, filename, created_ms } => {
            if let Ok(bytes) = read(media.join(&id)) {
                world.media.insert(id.clone(), Media { id, mime_type, filename, created_ms, bytes: bytes.into() });
            }
        }
    }
}
