//! The sample workspace in the repository's root, without what builds leave there.

use std::path::{Path, PathBuf};

use crate::sandbox::{Sandbox, files_below};

const FOLDERS: [&str; 6] = ["assets", "briefs", "legal", "partners", "rules", "templates"];

pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A sandbox with a copy of the sample.
pub(crate) fn sample() -> Sandbox {
    let sandbox = Sandbox::new();
    copy_sample(&sandbox, "");
    sandbox
}

/// Copies the sample into a folder of a sandbox.
pub(crate) fn copy_sample(sandbox: &Sandbox, folder: &str) {
    let root = repository();
    let put = |path: &str, from: &Path| {
        let target = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
        sandbox.write(&target, std::fs::read(from).unwrap());
    };
    for name in FOLDERS {
        for path in files_below(&root.join(name)) {
            put(&format!("{name}/{path}"), &root.join(name).join(&path));
        }
    }
    for name in ["throughline.toml", "throughline.lock"] {
        put(name, &root.join(name));
    }
}

/// The parsed manifest of an output folder.
pub(crate) fn manifest(sandbox: &Sandbox, output: &str) -> serde_json::Value {
    serde_json::from_str(&sandbox.read(&format!("{output}/manifest.json"))).unwrap()
}
