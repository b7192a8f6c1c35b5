//! The real nginx with a configuration of a test, on loopback, for as long as the test runs.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::sample::manifest;
use crate::sandbox::Sandbox;

/// Stops the server when the test is over, however it ends.
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    /// Starts nginx with the configuration that `config` writes for a port, after nginx's own test
    /// of it. The configuration stands in `folder`, to which its paths are relative.
    pub(crate) fn start(
        sandbox: &Sandbox,
        folder: &str,
        config: impl Fn(&Sandbox, u16) -> String,
    ) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let path = format!("{folder}/nginx.conf");
        sandbox.write(&path, config(sandbox, port));
        for redirects in sandbox.files("output/redirects") {
            let bytes = std::fs::read(sandbox.path(&format!("output/redirects/{redirects}")));
            sandbox.write(&format!("{folder}/redirects/{redirects}"), bytes.unwrap());
        }
        let nginx = || {
            let mut command = Command::new("nginx");
            command.arg("-p").arg(sandbox.root()).arg("-c").arg(sandbox.path(&path));
            command
        };
        let tested = nginx().arg("-t").output().unwrap_or_else(|error| panic!("nginx: {error}"));
        let said = String::from_utf8_lossy(&tested.stderr);
        assert!(tested.status.success() && !said.contains("[warn]"), "{said}");
        let process = nginx().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Self { process, port };
        let up = (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(25));
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        assert!(up, "nginx does not answer");
        server
    }
}

/// Where a build put a file.
pub(crate) fn published(sandbox: &Sandbox, id: &str) -> String {
    let manifest = manifest(sandbox, "output");
    let mut all = manifest["artifacts"].as_array().unwrap().iter();
    let entry = all.find(|entry| entry["id"] == id).unwrap_or_else(|| panic!("no {id}"));
    entry["path"].as_str().unwrap().to_owned()
}
