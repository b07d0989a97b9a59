//! Files that all services share: media of citizens, documents of staff. One folder on one machine, S3 on a cluster.
//!
//! Rows, events and bodies carry a [`Key`], never bytes. Keys are made here, from an office, a day and a random id; no
//! part of a key ever comes from outside, and no file name is ever used as one. What must stay true: a file is there
//! whole or not at all, and writing and reading take the same memory whatever the size.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Datelike, Utc};
use contracts::OfficeId;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Uuid;

use crate::bus::HandlerError;
use crate::http::Problem;

/// A service that stores files flattens this into its configuration.
#[derive(Debug, Clone, clap::Args)]
pub struct StorageConfig {
    /// Where files lie: file:///folder that all services on this machine share, or s3://bucket/prefix on a cluster
    /// (with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, for other makers' S3, AWS_ENDPOINT).
    #[arg(long, env = "MEDIA_URL", default_value = "file:///var/lib/govconnect/media", hide_env_values = true)]
    pub media_url: MediaUrl,
}

/// A storage's address, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaUrl(Url);

impl FromStr for MediaUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url =
            Url::parse(text).map_err(|error| format!("not an address ({error}): use file:///folder or s3://…"))?;
        match url.scheme() {
            "file" if url.to_file_path().is_ok() => Ok(Self(url)),
            "file" => Err("names no folder: use file:///folder".to_owned()),
            "s3" if url.host_str().is_some_and(|bucket| !bucket.is_empty()) => Ok(Self(url)),
            "s3" => Err("names no bucket: use s3://bucket/prefix".to_owned()),
            _ => Err("must start with file:// or s3://".to_owned()),
        }
    }
}

/// Where one file lies: `<area>/<office>/<year>/<month>/<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// A new place that nothing lies at yet. `area` is a word of ours, such as `media`.
    pub fn new(area: &'static str, office: OfficeId, now: DateTime<Utc>) -> Self {
        Self(format!("{area}/{office}/{}/{:02}/{}", now.year(), now.month(), Uuid::now_v7()))
    }

    /// The text in rows and events.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the file belongs to this office.
    pub fn is_of(&self, office: OfficeId) -> bool {
        self.0.split('/').nth(1) == Some(office.to_string().as_str())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the key of a stored file")]
pub struct NotAKey;

impl FromStr for Key {
    type Err = NotAKey;

    /// Only what [`Key::new`] writes is read: nothing else can lead out of the folder.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split('/').collect();
        let [area, office, year, month, id] = parts[..] else { return Err(NotAKey) };
        let word = !area.is_empty() && area.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let digits = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
        let ids = [office, id].iter().all(|id| Uuid::try_parse(id).is_ok_and(|uuid| uuid.to_string() == **id));
        if word && ids && digits(year, 4) && digits(month, 2) { Ok(Self(text.to_owned())) } else { Err(NotAKey) }
    }
}

/// Why a file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("no such file")]
    NotFound,
    #[error("the file has more than {limit} bytes")]
    TooLarge { limit: u64 },
    /// What was to be written stopped coming.
    #[error("the source failed")]
    Source(#[source] anyhow::Error),
    #[error("the storage does not answer")]
    Unavailable(#[source] object_store::Error),
}

impl From<object_store::Error> for StorageError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound,
            other => Self::Unavailable(other),
        }
    }
}

impl From<StorageError> for HandlerError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable(_) => Self::Unavailable(error.into()),
            other => Self::Failed(other.into()),
        }
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match &error {
            StorageError::NotFound => Self::not_found("no such file"),
            StorageError::TooLarge { limit } => Self::too_large(usize::try_from(*limit).unwrap_or(usize::MAX)),
            StorageError::Source(_) => Self::bad_request("the upload stopped before its end: send it again"),
            StorageError::Unavailable(_) => Self::unavailable("the file storage does not answer").because(&error),
        }
    }
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub size: u64,
    pub sha256: [u8; 32],
    /// The first bytes, to tell what it is.
    pub head: Bytes,
}

/// The shared files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    part: usize,
}

/// S3 takes no smaller parts.
const S3_PART: usize = 5 * 1024 * 1024;
const FILE_PART: usize = 1024 * 1024;
/// Parts on their way at a time: one is written while the next one fills.
const PARALLEL: usize = 2;
/// As much as any file format's mark needs.
const HEAD: usize = 8 * 1024;

impl Storage {
    /// Opens the storage; a folder is made if it isn't there.
    pub fn open(url: &MediaUrl) -> anyhow::Result<Self> {
        use anyhow::Context as _;
        if let Ok(folder) = url.0.to_file_path() {
            std::fs::create_dir_all(&folder)
                .with_context(|| format!("MEDIA_URL: the folder {} can't be made", folder.display()))?;
            let store = LocalFileSystem::new_with_prefix(&folder)
                .with_context(|| format!("MEDIA_URL: the folder {} can't be used", folder.display()))?;
            return Ok(Self {
                store: Arc::new(store.with_automatic_cleanup(true)),
                prefix: Path::ROOT,
                part: FILE_PART,
            });
        }
        let store = AmazonS3Builder::from_env()
            .with_url(url.0.as_str())
            .build()
            .context("MEDIA_URL: the S3 storage can't be used; are the AWS_… variables set?")?;
        let prefix = Path::from_url_path(url.0.path()).context("MEDIA_URL: the prefix can't be used")?;
        Ok(Self { store: Arc::new(store), prefix, part: S3_PART })
    }

    fn path(&self, key: &Key) -> Path {
        key.0.split('/').fold(self.prefix.clone(), Path::join)
    }

    /// Writes a file that is in memory already.
    pub async fn put(&self, key: &Key, bytes: Bytes) -> Result<(), StorageError> {
        self.store.put(&self.path(key), bytes.into()).await?;
        Ok(())
    }

    /// Writes a file as it comes. One that is too long, or whose source fails, leaves nothing behind.
    pub async fn put_stream<S, E>(&self, key: &Key, bytes: S, limit: u64) -> Result<Stored, StorageError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<anyhow::Error>,
    {
        let upload = self.store.put_multipart(&self.path(key)).await?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, self.part);
        match self.write(&mut upload, bytes, limit).await {
            Ok(stored) => {
                upload.finish().await?;
                Ok(stored)
            }
            Err(error) => {
                if let Err(leftover) = upload.abort().await {
                    tracing::warn!(error = %leftover, "an unfinished file could not be removed");
                }
                Err(error)
            }
        }
    }

    async fn write<S, E>(&self, upload: &mut WriteMultipart, bytes: S, limit: u64) -> Result<Stored, StorageError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
        E: Into<anyhow::Error>,
    {
        let mut bytes = std::pin::pin!(bytes);
        let (mut size, mut digest, mut head) = (0_u64, Sha256::new(), BytesMut::new());
        while let Some(piece) = bytes.next().await {
            let piece = piece.map_err(|error| StorageError::Source(error.into()))?;
            size += piece.len() as u64;
            if size > limit {
                return Err(StorageError::TooLarge { limit });
            }
            digest.update(&piece);
            head.extend_from_slice(&piece[..piece.len().min(HEAD - head.len())]);
            upload.wait_for_capacity(PARALLEL).await?;
            upload.write(&piece);
        }
        Ok(Stored { size, sha256: digest.finalize().into(), head: head.freeze() })
    }

    /// The whole file, if it is no longer than `limit`.
    pub async fn get(&self, key: &Key, limit: u64) -> Result<Bytes, StorageError> {
        let found = self.store.get(&self.path(key)).await?;
        if found.meta.size > limit {
            return Err(StorageError::TooLarge { limit });
        }
        Ok(found.bytes().await?)
    }

    /// A part of the file as it comes. The range must lie within [`Storage::size`].
    pub async fn range(
        &self,
        key: &Key,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, std::io::Error>>, StorageError> {
        if range.is_empty() {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
        let found = self.store.get_opts(&self.path(key), options).await?;
        Ok(found.into_stream().map(|piece| piece.map_err(std::io::Error::other)).boxed())
    }

    /// How long the file is.
    pub async fn size(&self, key: &Key) -> Result<u64, StorageError> {
        Ok(self.store.head(&self.path(key)).await?.size)
    }

    /// Removes the file; one that isn't there is removed already.
    pub async fn delete(&self, key: &Key) -> Result<(), StorageError> {
        match self.store.delete(&self.path(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn storage() -> (tempfile::TempDir, Storage, Key) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = MediaUrl(Url::from_directory_path(folder.path()).expect("a path"));
        let key = Key::new("media", OfficeId::FIRST, DateTime::UNIX_EPOCH);
        (folder, Storage::open(&url).expect("a storage"), key)
    }

    fn pieces(count: usize) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Send {
        futures_util::stream::iter((0..count).map(|_| Ok(Bytes::from(vec![7; 100_000]))))
    }

    fn files(folder: &std::path::Path) -> usize {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries.flatten().map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
    }

    #[tokio::test]
    async fn what_was_written_piece_by_piece_is_read_whole_and_in_part() {
        let (_folder, storage, key) = storage();
        let stored = storage.put_stream(&key, pieces(25), 2_500_000).await.expect("stored");
        assert_eq!((stored.size, stored.head.len()), (2_500_000, HEAD));
        let whole = storage.get(&key, 2_500_000).await.expect("read");
        assert_eq!(<[u8; 32]>::from(Sha256::digest(&whole)), stored.sha256);
        let part: Vec<_> = storage.range(&key, 10..25).await.expect("a part").collect().await;
        assert_eq!(part.into_iter().map(|piece| piece.expect("bytes").len()).sum::<usize>(), 15);
        assert_eq!(storage.size(&key).await.expect("a size"), 2_500_000);
        assert!(matches!(storage.get(&key, 1000).await, Err(StorageError::TooLarge { limit: 1000 })));
    }

    #[tokio::test]
    async fn a_file_that_is_too_long_or_breaks_off_leaves_nothing_behind() {
        let (folder, storage, key) = storage();
        let long = storage.put_stream(&key, pieces(25), 2_499_999).await;
        assert!(matches!(long, Err(StorageError::TooLarge { .. })));
        let broken = pieces(12).chain(futures_util::stream::iter([Err(std::io::Error::other("gone"))]));
        assert!(matches!(storage.put_stream(&key, broken, 10_000_000).await, Err(StorageError::Source(_))));
        assert!(matches!(storage.size(&key).await, Err(StorageError::NotFound)));
        assert_eq!(files(folder.path()), 0);
    }

    #[tokio::test]
    async fn removing_twice_is_removing_once() {
        let (folder, storage, key) = storage();
        storage.put(&key, Bytes::from_static(b"x")).await.expect("stored");
        storage.delete(&key).await.expect("removed");
        storage.delete(&key).await.expect("removed already");
        assert_eq!(files(folder.path()), 0);
    }

    #[test]
    fn only_our_own_keys_are_keys() {
        let key = Key::new("media", OfficeId::FIRST, DateTime::UNIX_EPOCH);
        assert_eq!(key.as_str().parse(), Ok(key.clone()));
        assert!(key.is_of(OfficeId::FIRST) && !key.is_of(OfficeId(Uuid::from_u128(9))));
        let office = OfficeId::FIRST;
        for bad in ["", "a", "../../etc/passwd", "/etc/passwd", "media/x/1970/01/y"] {
            assert_eq!(bad.parse::<Key>(), Err(NotAKey), "{bad}");
        }
        let id = Uuid::now_v7();
        for bad in [
            format!("../{office}/1970/01/{id}"),
            format!("media/{office}/1970/01/{id}/.."),
            format!("media/{office}/19../01/{id}"),
        ] {
            assert_eq!(bad.parse::<Key>(), Err(NotAKey), "{bad}");
        }
    }

    #[test]
    fn addresses_are_checked_with_the_remedy() {
        assert!("file:///srv/media".parse::<MediaUrl>().is_ok());
        assert!("s3://bucket/prefix".parse::<MediaUrl>().is_ok());
        for (bad, remedy) in [("media", "file:///"), ("http://x", "file://"), ("s3:///x", "bucket")] {
            let error = bad.parse::<MediaUrl>().expect_err(bad);
            assert!(error.contains(remedy), "{bad}: {error}");
        }
    }
}
