//! Signing by OpenSSH: keys stay with the program, the agent or the device that holds them.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Has `ssh-keygen` sign some bytes with a person's key, and gives back the signature as it writes
/// it. It asks for a passphrase or a touch by itself.
///
/// # Errors
/// Where there is no `ssh-keygen`, or it does not sign.
pub fn sign_with_key(key: &Path, namespace: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(key);
    let spawned =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.context(
        "ssh-keygen cannot be run, and it makes the signature: install OpenSSH (openssh-client)",
    )?;
    if let Some(mut input) = child.stdin.take() {
        // A program that ends early says why below.
        let _ = input.write_all(bytes);
    }
    let done = child.wait_with_output().context("ssh-keygen did not end")?;
    if !done.status.success() || !done.stdout.starts_with(b"-----BEGIN SSH SIGNATURE-----") {
        let said = String::from_utf8_lossy(&done.stderr);
        let said: String =
            said.trim().chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
        bail!("ssh-keygen did not sign with {}: {said}", key.display());
    }
    Ok(done.stdout)
}

/// The public key of a key file: the file itself, or the `.pub` beside it.
///
/// # Errors
/// Where there is neither.
pub fn public_key_of(key: &Path) -> Result<String> {
    let mut beside = key.as_os_str().to_owned();
    beside.push(".pub");
    for path in [Path::new(&beside), key] {
        if let Ok(text) = std::fs::read_to_string(path)
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
