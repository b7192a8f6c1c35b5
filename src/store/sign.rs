//! Signing by OpenSSH: keys stay with the program, the agent or the device that holds them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::atomic::{create_file, remove_left_over, replace_file};

/// Has `ssh-keygen` sign some bytes with a person's key, and gives back the signature as it writes
/// it. It asks for a passphrase or a touch by itself.
///
/// # Errors
/// Where there is no `ssh-keygen`, or it does not sign.
pub fn sign_with_key(key: &Path, namespace: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(key);
    // What it asks for, such as the touch of a security key, it says on standard error.
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = spawned.context(
        "ssh-keygen cannot be run, and it makes the signature: install OpenSSH (openssh-client)",
    )?;
    if let Some(mut input) = child.stdin.take() {
        // A program that ends early says why below.
        let _ = input.write_all(bytes);
    }
    let done = child.wait_with_output().context("ssh-keygen did not end")?;
    if !done.status.success() || !done.stdout.starts_with(b"-----BEGIN SSH SIGNATURE-----") {
        bail!("ssh-keygen did not sign with {}: it says why", key.display());
    }
    Ok(done.stdout)
}

/// Writes a decision and its signature beside it. The signature comes first, so that no decision
/// lies there without one; a signature alone is nobody's, and is written over. What a stopped run
/// left half written goes. The caller holds the workspace's lock.
///
/// # Errors
/// Where the decision is there already, or cannot be written.
pub fn write_decision(path: &Path, bytes: &[u8], signature: &[u8]) -> Result<()> {
    if path.symlink_metadata().is_ok() {
        bail!("{} is there already, and nothing is overwritten", path.display());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let listed =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in listed {
        let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // As `atomic` calls what it has not renamed yet.
        if name.strip_prefix('.').is_some_and(|rest| rest.strip_suffix(".new").is_some()) {
            remove_left_over(&entry.path())
                .with_context(|| format!("cannot remove {}", entry.path().display()))?;
        }
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".sig");
    replace_file(Path::new(&beside), signature)?;
    create_file(path, bytes)
}

/// The public key of a key file: the file itself, or the `.pub` beside it.
///
/// # Errors
/// Where there is neither.
pub fn public_key_of(key: &Path) -> Result<String> {
    let mut beside = key.as_os_str().to_owned();
    beside.push(".pub");
    for path in [Path::new(&beside), key] {
        if let Ok(text) = fs::read_to_string(path)
            && ["ssh-", "ecdsa-", "sk-"].iter().any(|start| text.starts_with(start))
        {
            return Ok(text);
        }
    }
    bail!(
        "{} has no public key beside it: `ssh-keygen -y -f KEY > KEY.pub` writes it",
        key.display()
    )
}
