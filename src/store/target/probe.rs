//! Does a store do what the order of writing rests on? One that ignores conditions would let two
//! publishers write over each other without a word.

use anyhow::{Result, bail};

use super::conditional::{ConditionalStore, Put, Replaced, Version};
use crate::release::Key;

/// Tries it with a key of this run, which is removed again.
///
/// # Errors
/// Where the store ignores conditions, or cannot be written at all.
pub fn check_conditions(store: &dyn ConditionalStore, run: &str) -> Result<()> {
    let Some(key) = Key::lease(&format!("probe-{run}")) else { bail!("`{run}` is no id") };
    store.put_new(&key, b"{}\n")?;
    let fault = find_fault(store, &key);
    store.delete(&key)?;
    if let Some(ignored) = fault? {
        bail!(
            "{} ignores {ignored}: two publishers could write over each other, so nothing is \
             published there. Use a store with conditional writes, such as S3 since 2024, and a \
             proxy that passes these headers on",
            store.shown()
        );
    }
    Ok(())
}

fn find_fault(store: &dyn ConditionalStore, key: &Key) -> Result<Option<&'static str>> {
    if store.put_new(key, b"{\"again\":true}\n")? == Put::New {
        return Ok(Some("If-None-Match"));
    }
    let Some(found) = store.read(key, 1024)? else { bail!("{} forgets at once", store.shown()) };
    let other = Version(format!("\"{}\"", "0".repeat(32)));
    if found.version == other || store.replace_if(key, b"{\"n\":1}\n", &other)? == Replaced::Done {
        return Ok(Some("If-Match"));
    }
    let replaced = store.replace_if(key, b"{\"n\":2}\n", &found.version)? == Replaced::Done;
    let back = store.read(key, 1024)?.map(|found| found.bytes);
    let kept = replaced && back.as_deref() == Some(b"{\"n\":2}\n".as_slice());
    Ok((!kept).then_some("what it was told to replace"))
}
