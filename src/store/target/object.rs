//! A bucket as a target.
//!
//! A lost answer is never followed by a blind second try: what is there is read back and compared
//! first. Within a request `object_store` tries again after 5xx, 429 and, where that is harmless,
//! timeouts, and waits longer each time.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::{
    Attribute, AttributeValue, Attributes, BackoffConfig, ClientConfigKey, Error, GetOptions,
    ObjectStore, PutMode, PutOptions, PutPayload, RetryConfig, UpdateVersion, path,
};
use tokio::runtime::{Builder, Runtime};

use super::asking::{Asking, Connect};
use super::conditional::{
    ConditionalStore, Listed, MAX_LISTED, Put, Read, Replaced, TargetFault, Version,
};
use super::said::{Failure, failure_of};
use crate::release::{Key, KeyKind};
use crate::store::lock::DirectoryLock;

/// How often a write is begun whose outcome nobody knows.
const ATTEMPTS: u32 = 4;
/// Requests at once.
const THREADS: usize = 16;

/// A bucket, or a part of one, as a target.
pub struct ObjectTarget {
    asking: Asking,
    prefix: path::Path,
    shown: String,
    runtime: Runtime,
}

impl fmt::Debug for ObjectTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The store's own form could show a secret.
        write!(formatter, "ObjectTarget({})", self.shown)
    }
}

impl ObjectTarget {
    /// A target below a prefix of a store. `shown` is how people call it.
    ///
    /// # Errors
    /// Where no request can be made at all.
    pub fn new(store: Arc<dyn ObjectStore>, prefix: &str, shown: String) -> Result<Self> {
        Self::asking(Asking::new(store, None), prefix, shown)
    }

    fn asking(asking: Asking, prefix: &str, shown: String) -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .context("cannot begin to send requests")?;
        let prefix = path::Path::parse(prefix.trim_matches('/'))
            .with_context(|| format!("{shown} is no place in a bucket"))?;
        Ok(Self { asking, prefix, shown, runtime })
    }

    /// A target in an S3 bucket: `s3://bucket/prefix`. Where the service is and who asks comes from
    /// the usual variables of the environment.
    ///
    /// # Errors
    /// Where that is not enough.
    pub fn s3(url: &str) -> Result<Self> {
        let rest = url.strip_prefix("s3://").unwrap_or_default();
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            bail!("`{}` names no bucket: write s3://BUCKET/PREFIX", url.escape_debug());
        }
        // Only the first caller of a process decides, and every one decides so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            base: 2.,
        };
        let retry = RetryConfig { backoff, max_retries: 5, retry_timeout: Duration::from_mins(1) };
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_checksum_algorithm(Checksum::SHA256)
            .with_disable_bulk_delete(true)
            .with_retry(retry);
        for (variable, key, usual) in [
            ("AWS_TIMEOUT", ClientConfigKey::Timeout, "5 minutes"),
            ("AWS_READ_TIMEOUT", ClientConfigKey::ReadTimeout, "30 seconds"),
            ("AWS_CONNECT_TIMEOUT", ClientConfigKey::ConnectTimeout, "10 seconds"),
        ] {
            if std::env::var_os(variable).is_none() {
                builder = builder.with_config(AmazonS3ConfigKey::Client(key), usual);
            }
        }
        let of_variables = builder.get_config_value(&AmazonS3ConfigKey::AccessKeyId).is_some();
        let connect: Connect =
            Box::new(move || Ok(Arc::new(builder.clone().build()?) as Arc<dyn ObjectStore>));
        let store = connect().map_err(|error| said(&error, "cannot use", url))?;
        let asking = Asking::new(store, (!of_variables).then_some(connect));
        Self::asking(asking, prefix, url.trim_end_matches('/').to_owned())
    }

    fn path(&self, key: &str) -> path::Path {
        let parts = self.prefix.parts().map(|part| part.as_ref().to_owned());
        let named = key.split('/').filter(|part| !part.is_empty()).map(str::to_owned);
        parts.chain(named).collect()
    }

    fn write(&self, key: &Key, bytes: &[u8], mode: PutMode) -> object_store::Result<()> {
        let options = PutOptions { mode, attributes: attributes(key), ..PutOptions::default() };
        let (path, payload) = (self.path(key.as_str()), PutPayload::from(bytes.to_vec()));
        self.asking.ask(|store| {
            let sent = store.put_opts(&path, payload.clone(), options.clone());
            self.runtime.block_on(sent).map(drop)
        })
    }

    /// Waits before the same is tried again, each time about twice as long.
    fn pause(&self, attempt: u32) {
        let spread = u64::from(std::process::id() % 50);
        let wait = Duration::from_millis((100 + spread) << attempt.min(6));
        // Made inside, where there is a timer.
        self.runtime.block_on(async { tokio::time::sleep(wait).await });
    }

    /// What is there, for finding out what came of a write. Small enough for what was written.
    fn there(&self, key: &Key, written: &[u8]) -> Result<Option<Read>> {
        match self.read(key, written.len() as u64) {
            // Larger than what was written, so it is something else.
            Err(error) if error.is::<TargetFault>() => {
                Ok(Some(Read { bytes: Vec::new(), version: Version(String::new()) }))
            }
            other => other,
        }
    }

    async fn fetch(
        &self,
        store: &dyn ObjectStore,
        key: &Key,
        cap: u64,
    ) -> object_store::Result<Fetched> {
        let path = self.path(key.as_str());
        let found = match store.get_opts(&path, GetOptions::default()).await {
            Err(Error::NotFound { .. }) => return Ok(Fetched::Absent),
            other => other?,
        };
        if found.meta.size > cap {
            return Ok(Fetched::TooLarge);
        }
        let version = Version(found.meta.e_tag.clone().unwrap_or_default());
        let (size, mut bytes) = (found.meta.size, Vec::new());
        let mut parts = found.into_stream();
        while let Some(part) = parts.try_next().await? {
            // A sender need not keep to what it announced.
            if (bytes.len() + part.len()) as u64 > cap {
                return Ok(Fetched::TooLarge);
            }
            bytes.extend_from_slice(&part);
        }
        if bytes.len() as u64 != size {
            return Ok(Fetched::Cut);
        }
        Ok(Fetched::Whole(Read { bytes, version }))
    }
}

enum Fetched {
    Whole(Read),
    Absent,
    TooLarge,
    Cut,
}

impl ConditionalStore for ObjectTarget {
    fn shown(&self) -> String {
        self.shown.clone()
    }

    fn put_new(&self, key: &Key, bytes: &[u8]) -> Result<Put> {
        for attempt in 0.. {
            let error = match self.write(key, bytes, PutMode::Create) {
                Ok(()) => return Ok(Put::New),
                Err(error) => error,
            };
            let failure = failure_of(&error);
            if failure == Failure::Final {
                return Err(said(&error, "cannot write", &self.name(key)));
            }
            match self.there(key, bytes)? {
                // Ours, whose answer was lost: no two runs write the same but as blobs.
                Some(found) if found.bytes == bytes && key.kind() != KeyKind::Blob => {
                    return Ok(Put::New);
                }
                Some(_) => return Ok(Put::Exists),
                None if attempt + 1 < ATTEMPTS => self.pause(attempt),
                None => return Err(said(&error, "cannot write", &self.name(key))),
            }
        }
        Ok(Put::Exists)
    }

    fn put(&self, key: &Key, bytes: &[u8]) -> Result<()> {
        for attempt in 0.. {
            let Err(error) = self.write(key, bytes, PutMode::Overwrite) else { break };
            if failure_of(&error) == Failure::Final || attempt + 1 == ATTEMPTS {
                return Err(said(&error, "cannot write", &self.name(key)));
            }
            self.pause(attempt);
        }
        Ok(())
    }

    fn read(&self, key: &Key, cap: u64) -> Result<Option<Read>> {
        for attempt in 0.. {
            let fetched =
                self.asking.ask(|store| self.runtime.block_on(self.fetch(store, key, cap)));
            match fetched {
                Ok(Fetched::Whole(found)) => return Ok(Some(found)),
                Ok(Fetched::Absent) => return Ok(None),
                Ok(Fetched::TooLarge) => {
                    let context = format!("cannot read {}", self.name(key));
                    return Err(anyhow::Error::new(TargetFault::TooLarge(cap)).context(context));
                }
                Err(error) if failure_of(&error) == Failure::Final || attempt + 1 >= ATTEMPTS => {
                    return Err(said(&error, "cannot read", &self.name(key)));
                }
                Ok(Fetched::Cut) if attempt + 1 >= ATTEMPTS => {
                    bail!("cannot read {}: its end did not come", self.name(key));
                }
                Ok(Fetched::Cut) | Err(_) => self.pause(attempt),
            }
        }
        Ok(None)
    }

    fn replace_if(&self, key: &Key, bytes: &[u8], expected: &Version) -> Result<Replaced> {
        let version = UpdateVersion { e_tag: Some(expected.0.clone()), version: None };
        for attempt in 0.. {
            let error = match self.write(key, bytes, PutMode::Update(version.clone())) {
                Ok(()) => return Ok(Replaced::Done),
                Err(error) => error,
            };
            if failure_of(&error) == Failure::Final {
                return Err(said(&error, "cannot replace", &self.name(key)));
            }
            match self.there(key, bytes)? {
                Some(found) if found.bytes == bytes => return Ok(Replaced::Done),
                Some(found) if found.version == *expected && attempt + 1 < ATTEMPTS => {
                    self.pause(attempt);
                }
                Some(found) if found.version == *expected => {
                    return Err(said(&error, "cannot replace", &self.name(key)));
                }
                _ => return Ok(Replaced::Moved),
            }
        }
        Ok(Replaced::Moved)
    }

    fn list(&self, folder: &str, after: Option<&Key>) -> Result<Vec<Listed>> {
        let start = self.path(folder);
        let skip = self.prefix.parts().count();
        let wanted = |location: &path::Path| {
            let parts: Vec<String> =
                location.parts().skip(skip).map(|part| part.as_ref().to_owned()).collect();
            Key::new(&parts.join("/"))
        };
        for attempt in 0.. {
            let found: object_store::Result<Vec<_>> = self.asking.ask(|store| {
                let listing = match after {
                    Some(after) => store.list_with_offset(Some(&start), &self.path(after.as_str())),
                    None => store.list(Some(&start)),
                };
                self.runtime.block_on(listing.take(MAX_LISTED + 1).try_collect())
            });
            match found {
                Ok(all) if all.len() > MAX_LISTED => {
                    bail!("{} holds more than {MAX_LISTED} keys", self.shown)
                }
                Ok(all) => {
                    let keys = all.iter().filter_map(|one| {
                        let key = wanted(&one.location)?;
                        let behind = after.is_none_or(|after| key > *after);
                        behind.then_some(Listed { key, size: one.size })
                    });
                    let mut keys: Vec<Listed> = keys.collect();
                    keys.sort_unstable();
                    keys.dedup();
                    return Ok(keys);
                }
                Err(error) if failure_of(&error) == Failure::Final || attempt + 1 >= ATTEMPTS => {
                    return Err(said(&error, "cannot list", &format!("{}/{folder}", self.shown)));
                }
                Err(_) => self.pause(attempt),
            }
        }
        Ok(Vec::new())
    }

    fn delete(&self, key: &Key) -> Result<()> {
        let path = self.path(key.as_str());
        for attempt in 0.. {
            let deleted: object_store::Result<Vec<_>> = self.asking.ask(|store| {
                let one = futures_util::stream::iter([Ok(path.clone())]).boxed();
                self.runtime.block_on(store.delete_stream(one).try_collect())
            });
            match deleted {
                Ok(_) | Err(Error::NotFound { .. }) => break,
                Err(error) if failure_of(&error) == Failure::Final || attempt + 1 == ATTEMPTS => {
                    return Err(said(&error, "cannot remove", &self.name(key)));
                }
                Err(_) => self.pause(attempt),
            }
        }
        Ok(())
    }

    /// A store answers when it has it.
    fn sync(&self) -> Result<()> {
        Ok(())
    }

    fn threads(&self) -> usize {
        THREADS
    }

    fn exclusive(&self, _: &dyn Fn()) -> Result<Option<DirectoryLock>> {
        Ok(None)
    }

    fn folder(&self) -> Option<&Path> {
        None
    }
}

impl ObjectTarget {
    fn name(&self, key: &Key) -> String {
        format!("{}/{key}", self.shown)
    }
}

fn said(error: &Error, verb: &str, what: &str) -> anyhow::Error {
    anyhow::anyhow!("{verb} {what}: {}", super::said::sentence(error))
}

/// What a browser or a proxy may do with it.
fn attributes(key: &Key) -> Attributes {
    let caching = match key.kind() {
        KeyKind::Blob | KeyKind::Fixed => "public, max-age=31536000, immutable",
        KeyKind::Changing => "no-cache",
    };
    let kind = match key.as_str().rsplit('.').next() {
        Some("json") => "application/json",
        Some("jsonl") => "application/jsonl",
        _ if key.as_str().ends_with("SHA256SUMS") => "text/plain",
        _ => "application/octet-stream",
    };
    let mut attributes = Attributes::new();
    attributes.insert(Attribute::CacheControl, AttributeValue::from(caching));
    attributes.insert(Attribute::ContentType, AttributeValue::from(kind));
    attributes
}
