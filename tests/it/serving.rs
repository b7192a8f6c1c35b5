//! The real nginx serves our pages: the form that is due by its clock, with the headers of routes.json.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::cases::lay_down;
use crate::sample::sample;
use crate::sandbox::Sandbox;
use crate::server::{Server, published};

struct Answer {
    status: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let same = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        let mut found = self.headers.iter().filter(same);
        let first = found.next();
        assert!(found.next().is_none(), "{name} is sent twice");
        first.map(|(_, value)| value.as_str())
    }
}

/// What a build wrote: both hosts in one server, and the redirects beside.
fn config(sandbox: &Sandbox, port: u16) -> String {
    let root = sandbox.root().display();
    let file = |id: &str| format!("{root}/output/{}", published(sandbox, id));
    format!(
        "daemon off; master_process off; pid {root}/nginx.pid; error_log {root}/error.log;\n\
         events {{}}\n\
         http {{\n  access_log off; client_body_temp_path {root}/t1; proxy_temp_path {root}/t2;\n  \
         fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;\n  \
         include {};\n  include {};\n  \
         server {{ listen 127.0.0.1:{port}; root {root}/output;\n    include {};\n    \
         include {};\n    location / {{ return 404; }} }}\n}}\n",
        file("redirects/nginx-http.conf"),
        file("landing/nginx-http.conf"),
        file("landing/nginx-server.conf"),
        file("landing/nginx-assets.conf"),
    )
}

fn get(server: &Server, path: &str) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap()["HTTP/1.1 ".len()..][..3].to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    Answer {
        status,
        headers: headers.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        body: body.to_owned(),
    }
}

/// The small workspace whose pages open and close in these years.
fn workspace(opens: u16, closes: u16, redirects: bool) -> Sandbox {
    let sandbox = lay_down("ok_page-forms");
    let offers = sandbox.read("partners/offers.csv");
    let offers = offers.replace("2026-11-01T", "2001-11-01T").replace("2026-12-", "2099-12-");
    sandbox.write("partners/offers.csv", offers);
    sandbox.edit("partners/partners.csv", "2026-11-20", "2001-11-20");
    let brief = "briefs/bf26.md";
    sandbox.edit(brief, "opens = 2026-11-26T00:00:00", &format!("opens = {opens}-01-01T00:00:00"));
    sandbox.edit(
        brief,
        "closes = 2026-11-30T23:59:00",
        &format!("closes = {closes}-02-01T00:00:00"),
    );
    let text = sandbox.read(brief);
    let (head, site) = text.split_once("[windows.site]").unwrap();
    let site =
        site.replace("2026-11-24T18", "2002-11-24T18").replace("2026-11-25T18", "2002-11-25T18");
    sandbox.write(brief, format!("{head}[windows.site]{site}"));
    if !redirects {
        let channel = "rules/channels/landing.toml";
        sandbox.edit(channel, "ended_days = 30\nredirect_to = \"privacy\"\n", "");
    }
    sandbox.run(&["build"]).expect_code(0);
    sandbox
}

#[test]
fn nginx_shows_the_form_that_is_due() {
    for (opens, closes, form, says) in [
        (2090, 2091, "pending", "<h1>Soon: 30% off every serum at Lumen</h1>"),
        (2020, 2090, "live", "Code GLOW30."),
        (2020, 2021, "ended", "<h1>Over: 30% off every serum</h1>"),
    ] {
        let sandbox = workspace(opens, closes, false);
        let server = Server::start(&sandbox, ".", config);
        let answer = get(&server, "/bf26/lumen-serum?utm_source=newsletter");
        assert_eq!(answer.status, "200", "{form}");
        assert!(answer.body.contains(says), "{form}: {}", answer.body);
        let routes =
            sandbox.read(&format!("output/{}", published(&sandbox, "landing/routes.json")));
        let routes: serde_json::Value = serde_json::from_str(&routes).unwrap();
        let mut all = routes["routes"].as_array().unwrap().iter();
        let route = all.find(|one| one["route"] == "/bf26/lumen-serum").unwrap();
        let mut forms = route["forms"].as_array().unwrap().iter();
        let due = forms.find(|one| one["form"] == form).unwrap();
        let stored = sandbox.read(&format!("output/{}", due["path"].as_str().unwrap()));
        assert!(answer.body == stored, "{form}");
        let own = due["headers"].as_object().unwrap().iter();
        for (name, value) in own.chain(routes["headers"].as_object().unwrap()) {
            assert_eq!(answer.header(name), value.as_str(), "{form}: {name}");
        }
        assert_eq!(answer.header("Content-Type"), Some("text/html; charset=utf-8"));
        // What is not due cannot be had by its name.
        for one in route["forms"].as_array().unwrap() {
            let path = format!("/{}", one["path"].as_str().unwrap());
            assert_eq!(get(&server, &path).status, "404", "{path}");
        }
        for path in ["/.throughline/live/bf26/lumen-serum", "/manifest.json", "/bf26/nobody"] {
            assert_eq!(get(&server, path).status, "404", "{path}");
        }
        let picture = get(&server, &format!("/{}", published(&sandbox, "assets/images/serum.svg")));
        assert_eq!(picture.status, "200");
        for (name, value) in routes["asset_headers"].as_object().unwrap() {
            assert_eq!(picture.header(name), value.as_str(), "{name}");
        }
    }
    let sandbox = workspace(2020, 2021, true);
    let answer = get(&Server::start(&sandbox, ".", config), "/bf26/lumen-serum");
    assert_eq!(answer.status, "302");
    assert_eq!(answer.header("Location"), Some("https://www.small.example/privacy"));
}

#[test]
fn nginx_takes_the_sample() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let server = Server::start(&sandbox, ".", config);
    let answer = get(&server, "/bf26/lumen-serums");
    assert_eq!(answer.status, "200");
    let policy = answer.header("Content-Security-Policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}
