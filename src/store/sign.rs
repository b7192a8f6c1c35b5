//! Signing by OpenSSH: keys stay with the program, the agent or the device that holds them.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::atomic::{create_file, replace_file};

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
    let given = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(bytes));
    let done = child.wait_with_output().context("ssh-keygen did not end")?;
    if !done.status.success() || !done.stdout.starts_with(b"-----BEGIN SSH SIGNATURE-----") {
        bail!("ssh-keygen did not sign with {}: it says why", key.display());
    }
    // A program that ended early has said why.
    given.context("ssh-keygen was not given all of what it was to sign")?;
    Ok(done.stdout)
}

/// Writes a decision and its signature beside it. The signature comes first, so that no decision
/// lies there without one; a signature alone is nobody's, and is written over. The caller holds the
/// workspace's lock.
///
/// # Errors
/// Where the decision is there already, or cannot be written.
pub fn write_decision(path: &Path, bytes: &[u8], signature: &[u8]) -> Result<()> {
    if path.symlink_metadata().is_ok() {
        bail!("{} is there already, and nothing is overwritten", path.display());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
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
