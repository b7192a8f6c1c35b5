//! The real nginx reads the redirects and sends customers where the table says.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::cases::lay_down;
use crate::sample::sample;
use crate::sandbox::Sandbox;
use crate::server::{Server, published};
use crate::table_parts::{files_of, rows_of};

fn config(sandbox: &Sandbox, port: u16) -> String {
    let root = sandbox.root().display();
    let http = published(sandbox, "redirects/nginx-http.conf");
    let server = published(sandbox, "redirects/nginx-server.conf");
    format!(
        "daemon off; master_process off; pid {root}/nginx.pid; error_log {root}/error.log;\n\
         events {{}}\n\
         http {{\n  access_log off; client_body_temp_path {root}/t1; proxy_temp_path {root}/t2;\n  \
         fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;\n  \
         keepalive_requests 1000000;\n  include {http};\n  \
         server {{ listen 127.0.0.1:{port};\n    include {server};\n    return 404; }}\n}}\n"
    )
}

/// A browser that stays connected.
struct Client(BufReader<TcpStream>);

impl Client {
    fn new(server: &Server) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self(BufReader::new(stream))
    }

    /// The status and the Location of an answer.
    fn get(&mut self, path: &str) -> (String, String) {
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let (mut status, mut location, mut length) = (String::new(), String::new(), 0);
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            let line = line.trim_end_matches(['\r', '\n']);
            if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
                rest[..3].clone_into(&mut status);
            } else if let Some(rest) = line.strip_prefix("Location: ") {
                rest.clone_into(&mut location);
            } else if let Some(rest) = line.strip_prefix("Content-Length: ") {
                length = rest.parse().unwrap();
            } else if line.is_empty() {
                break;
            }
        }
        self.0.read_exact(&mut vec![0; length]).unwrap();
        (status, location)
    }
}

fn found(location: &str) -> (String, String) {
    ("302".to_owned(), location.to_owned())
}

/// The short code and the URL of each link.
fn codes(sandbox: &Sandbox) -> Vec<(String, String)> {
    let (header, rows) = rows_of(sandbox, &files_of(sandbox, "links/links", ".csv"));
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (code, url) = (at("short_code"), at("url"));
    rows.iter().map(|row| (row[code].to_owned(), row[url].to_owned())).collect()
}

#[test]
fn nginx_serves_every_short_code() {
    let sandbox = sample();
    sandbox.run(&["build"]).expect_code(0);
    let server = Server::start(&sandbox, "server", config);
    let mut client = Client::new(&server);
    let codes = codes(&sandbox);
    assert_eq!(codes.len(), 224);
    for (code, url) in &codes {
        assert_eq!(client.get(&format!("/{code}")), found(url));
    }
    assert_eq!(client.get("/bcdfghjkm").0, "404");
}

const CHANNEL: &str = r#"medium = "sms"
source = "text-alerts"
dialect = "braze"

[params]
utm_source = "{channel.source}"
utm_medium = "{channel.medium}"
utm_content = "{offer.id}"

[links.cta]
to = "partner"

[[recipes]]
kind = "sheet"
path = "sheet/{campaign.id}/{asset.id}"
columns = [{ name = "URL", value = "{links.cta.url}" }]
"#;

/// What nginx reads in its own way: the start of a variable, the ends of words and blocks, quotes.
const HOSTILE: [&str; 14] = [
    "/a$b",
    "/$uri?x=$args",
    "/a;b;?c=d;e",
    "/it's",
    "/p?q=%22%5C%7B%7D%27#f;$x'",
    "/~x*y!(z),@:=+&k",
    "/p?m={{${language}}}",
    "/p?m={{${a} | default: \"b;c\" }}",
    "/p?m={{ \"x\\\\y\" }}&n={{ 'it\\'s' }}",
    "/p?m={{ a | default: '#?{$c};' }}#d",
    "/$map/%24%7B",
    "/p?include=/etc/passwd;return=200",
    "/%E2%82%AC//..;/x",
    "/p?a=1&",
];

/// A promotion of many offers, each with a link to its own address.
pub(crate) fn promotion(paths: impl Iterator<Item = String>) -> Sandbox {
    let sandbox = lay_down("ok_small");
    for path in ["rules/channels/email.toml", "rules/channels/landing.toml", "partners/bundles.csv"]
    {
        sandbox.remove(path);
    }
    sandbox.remove("partners/placements.csv");
    sandbox.remove("templates");
    sandbox.write("rules/channels/sms.toml", CHANNEL);
    for table in
        ["bundles]\nowner = \"partner-managers\"", "placements]\nowner = \"campaign-team\""]
    {
        sandbox.edit("throughline.toml", &format!("[tables.{table}\n\n"), "");
    }
    let brief = sandbox.read("briefs/bf26.md");
    let (head, rest) = brief.split_once("[windows.site]").unwrap();
    let (_, asset) = rest.split_once("id = \"alert\"").unwrap();
    let asset = asset.split("pick").next().unwrap();
    let head = head.replace("[\"email\", \"sms\"]", "[\"sms\"]");
    sandbox.write("briefs/bf26.md", format!("{head}[[assets]]\nid = \"alert\"{asset}+++\n"));
    let mut table = String::from(
        "offer_id,partner_id,mechanic,title,terms_id,landing_path,effective_from,effective_to\n",
    );
    for (number, path) in paths.enumerate() {
        let path = path.replace('"', "\"\"");
        writeln!(
            table,
            "o{number},hearth,gift,Offer {number},standard,\"{path}\",2026-11-01T00:00,\
             2026-12-31T23:59"
        )
        .unwrap();
    }
    sandbox.write("partners/offers.csv", table);
    sandbox
}

/// A header holds no space, and `$` has no other spelling in nginx.
fn as_location(url: &str) -> String {
    url.replace('$', "%24").replace(' ', "%20")
}

#[test]
fn nginx_answers_ten_thousand_codes_in_both_cases() {
    let paths = (0..10_000).map(|number| match HOSTILE.get(number) {
        Some(path) => (*path).to_owned(),
        None => format!("/offers/{number}?ref=club&n={number}"),
    });
    let sandbox = promotion(paths);
    sandbox.run(&["build"]).expect_code(0);
    let codes = codes(&sandbox);
    assert_eq!(codes.len(), 10_000);
    let server = Server::start(&sandbox, "server", config);
    let mut client = Client::new(&server);
    for (code, url) in &codes {
        let location = found(&as_location(url));
        assert_eq!(client.get(&format!("/{code}")), location);
        assert_eq!(client.get(&format!("/{}", code.to_uppercase())), location);
        assert_eq!(client.get(&format!("/{code}?gclid=x")), location);
        // A mistyped one leads nowhere.
        let (first, rest) = code.split_at(1);
        let other = if first == "b" { "c" } else { "b" };
        assert_eq!(client.get(&format!("/{other}{rest}")).0, "404");
    }
}

#[test]
fn nginx_puts_the_query_of_a_request_behind_ours() {
    // To a browser the `#` in a macro that nobody filled in begins a fragment, and to nginx too.
    let paths = HOSTILE.iter().filter(|path| !path.contains("'#"));
    let sandbox = promotion(paths.map(|path| (*path).to_owned()));
    sandbox.edit(
        "throughline.toml",
        "[declared]",
        "[redirects.nginx]\npreserve_query = true\n\n[declared]",
    );
    sandbox.run(&["build"]).expect_code(0);
    let server = Server::start(&sandbox, "server", config);
    let mut client = Client::new(&server);
    for (code, url) in codes(&sandbox) {
        let url = as_location(&url);
        assert_eq!(client.get(&format!("/{code}")), found(&url));
        let (front, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
        let both = format!("{front}&gclid=a%20b&x=1{fragment}");
        assert_eq!(client.get(&format!("/{code}?gclid=a%20b&x=1")), found(&both));
    }
}
