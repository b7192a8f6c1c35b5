//! The real nginx reads the redirects and sends customers where the table says.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::Duration;

use crate::sample::{manifest, sample};
use crate::sandbox::Sandbox;

/// Stops the server when the test is over, however it ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn config(sandbox: &Sandbox, map: &str, port: u16) -> String {
    let root = sandbox.root().display();
    format!(
        "daemon off; master_process off; pid {root}/nginx.pid; error_log {root}/error.log;\n\
         events {{}}\n\
         http {{\n  access_log off; client_body_temp_path {root}/t1; proxy_temp_path {root}/t2;\n  \
         fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;\n  \
         map_hash_max_size 65536; map_hash_bucket_size 512;\n  \
         map $uri $throughline_target {{ include {root}/output/{map}; }}\n  \
         server {{ listen 127.0.0.1:{port};\n    \
         if ($throughline_target) {{ return 302 $throughline_target; }}\n    return 404; }}\n}}\n"
    )
}

/// The status and the Location of an answer.
fn get(port: u16, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap_or("").to_owned();
    let location = answer.lines().find_map(|line| line.strip_prefix("Location: "));
    (status, location.unwrap_or("").to_owned())
}

#[test]
fn nginx_serves_every_short_code() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let manifest = manifest(&sandbox, "output");
    let mut all = manifest["artifacts"].as_array().unwrap().iter();
    let map =
        all.find(|entry| entry["id"] == "redirects/nginx.map").unwrap()["path"].as_str().unwrap();
    let port = free_port();
    sandbox.write("nginx.conf", config(&sandbox, map, port));
    let nginx = || {
        let mut command = Command::new("nginx");
        command.arg("-p").arg(sandbox.root()).arg("-c").arg(sandbox.path("nginx.conf"));
        command
    };
    let tested = nginx().arg("-t").output().unwrap();
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
    let quiet = std::process::Stdio::null;
    let _server = Server(nginx().stdout(quiet()).stderr(quiet()).spawn().unwrap());
    let up = (0..200).any(|_| {
        std::thread::sleep(Duration::from_millis(25));
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    assert!(up, "nginx does not answer");
    let table = sandbox.artifact("links/links.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut asked = 0;
    for row in reader.records().map(Result::unwrap) {
        assert_eq!(get(port, &format!("/{}", &row[1])), ("302".to_owned(), row[11].to_owned()));
        asked += 1;
    }
    assert_eq!(asked, 190);
    assert_eq!(get(port, "/bcdfghjkm").0, "404");
}
