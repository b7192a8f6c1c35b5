//! Every format, read back by a parser that shares nothing with its writer.

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;
use url::Url;

use super::*;

mod faults;

const SITE: Site<'_> = Site { link_host: "https://go.example.com/", pages: &[] };

/// Holds what is published; says its name as it is, or with its length.
#[derive(Default)]
struct Held {
    files: RefCell<Vec<RedirectFile>>,
    with_length: bool,
}

impl Publish for Held {
    fn put(&self, name: &str, media_type: &'static str, write: Write<'_>) -> io::Result<String> {
        let mut bytes = Vec::new();
        write(&mut bytes)?;
        let length = bytes.len();
        let name = name.to_owned();
        self.files.borrow_mut().push(RedirectFile { name: name.clone(), media_type, bytes });
        Ok(if self.with_length { format!("{name}.{length}") } else { name })
    }
}

impl Held {
    fn make(self, redirects: &[Redirect<'_>], target: &Target, site: &Site<'_>) -> RedirectFiles {
        let made = redirect_files(redirects, target, site, &self).expect("memory");
        let published = self.files.into_inner();
        RedirectFiles { files: published.into_iter().chain(made.files).collect(), ..made }
    }
}

fn make(redirects: &[(&str, &str)], target: &Target, site: &Site<'_>) -> RedirectFiles {
    let redirects: Vec<Redirect<'_>> =
        redirects.iter().map(|(code, url)| Redirect { code, url }).collect();
    Held::default().make(&redirects, target, site)
}

fn kinds(made: &RedirectFiles) -> Vec<FaultKind> {
    made.faults.iter().map(|fault| fault.kind).collect()
}

fn file<'a>(made: &'a RedirectFiles, name: &str) -> &'a str {
    let found = made.files.iter().find(|file| file.name == name);
    std::str::from_utf8(&found.unwrap_or_else(|| panic!("no {name}")).bytes).unwrap()
}

/// Reads words of nginx's configuration, with its quotes and escapes.
fn nginx_words(text: &str) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let mut rest = text.chars();
    let (mut key, mut value, mut inside) = (String::new(), String::new(), false);
    while let Some(character) = rest.next() {
        match character {
            '\\' if inside => value.push(rest.next().unwrap()),
            '"' => inside = !inside,
            '$' => panic!("a variable"),
            _ if inside => value.push(character),
            ';' => words.push((std::mem::take(&mut key), std::mem::take(&mut value))),
            ' ' | '\n' => {}
            _ => key.push(character),
        }
    }
    assert!(!inside && key.is_empty());
    words
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// What a server would know after reading the files: path to URL.
fn read_back(made: &RedirectFiles, kind: TargetKind) -> Vec<(String, String)> {
    let csv_rows = |text: &str, headers| {
        let mut reader =
            csv::ReaderBuilder::new().has_headers(headers).from_reader(text.as_bytes());
        reader.records().map(Result::unwrap).collect::<Vec<_>>()
    };
    let lines = |text: &str, status: &str| -> Vec<(String, String)> {
        let words = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        words
            .map(|words| {
                assert_eq!((words.len(), words[2]), (3, status));
                (words[0].to_owned(), words[1].to_owned())
            })
            .collect()
    };
    match kind {
        TargetKind::Nginx => nginx_words(file(made, "redirects/nginx.map")),
        TargetKind::Apache => {
            let lines = file(made, "redirects/apache.map").lines();
            lines.map(|line| line.split_once(' ').unwrap()).map(owned).collect()
        }
        TargetKind::Netlify => lines(file(made, "redirects/netlify/_redirects"), "302"),
        TargetKind::CloudflarePages => {
            lines(file(made, "redirects/cloudflare-pages/_redirects"), "302")
        }
        TargetKind::CloudflareBulk => {
            let rows = csv_rows(file(made, "redirects/cloudflare-bulk.csv"), false);
            rows.iter()
                .map(|row| {
                    assert_eq!((row.len(), &row[2], &row[3]), (7, "302", "FALSE"));
                    owned((row[0].strip_prefix("go.example.com").unwrap(), &row[1]))
                })
                .collect()
        }
        TargetKind::Vercel => {
            let rows = csv_rows(file(made, "redirects/vercel.csv"), true);
            assert!(rows.iter().all(|row| row.iter().skip(2).eq(["302", "false", "false"])));
            rows.iter().map(|row| owned((&row[0], &row[1]))).collect()
        }
        TargetKind::CloudfrontKvs => {
            let data: Value =
                serde_json::from_str(file(made, "redirects/cloudfront-kvs.json")).unwrap();
            let pairs = data["data"].as_array().unwrap().iter();
            pairs.map(|pair| (text_of(&pair["key"]), text_of(&pair["value"]))).collect()
        }
        TargetKind::S3 => s3_back(made),
        TargetKind::Fastly => {
            let batches = made.files.iter().filter(|file| file.media_type == "application/json");
            batches
                .flat_map(|batch| {
                    let batch: Value = serde_json::from_slice(&batch.bytes).unwrap();
                    let items = batch["items"].as_array().unwrap().clone();
                    assert!(
                        items.len() <= 1_000 && items.iter().all(|item| item["op"] == "upsert")
                    );
                    items
                })
                .map(|item| (text_of(&item["item_key"]), text_of(&item["item_value"])))
                .collect()
        }
    }
}

fn owned((key, value): (&str, &str)) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

fn s3_back(made: &RedirectFiles) -> Vec<(String, String)> {
    let first = &made.files[0];
    if first.name == "redirects/s3-objects.jsonl" {
        let lines = file(made, "redirects/s3-objects.jsonl").lines();
        let values = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
        return values
            .map(|line| (format!("/{}", text_of(&line["key"])), text_of(&line["location"])))
            .collect();
    }
    let rules: Value = serde_json::from_slice(&first.bytes).unwrap();
    let rules = rules.as_array().unwrap().iter();
    rules
        .map(|rule| {
            let to = &rule["Redirect"];
            assert_eq!(
                (&to["Protocol"], &to["HttpRedirectCode"]),
                (&"https".into(), &"302".into())
            );
            let key = text_of(&rule["Condition"]["KeyPrefixEquals"]);
            let (host, path) = (text_of(&to["HostName"]), text_of(&to["ReplaceKeyWith"]));
            (format!("/{key}"), format!("https://{host}/{path}"))
        })
        .collect()
}

/// What each kind should know of codes.
fn expected(redirects: &[(&str, &str)], kind: TargetKind) -> BTreeMap<String, String> {
    let mut map = BTreeMap::new();
    for (code, url) in redirects {
        map.insert(format!("/{code}"), (*url).to_owned());
        if kind.rules() == 2 {
            map.insert(format!("/{}", code.to_uppercase()), (*url).to_owned());
        }
    }
    map
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes();
    let mut decoded = Vec::new();
    while let Some((first, rest)) = bytes.split_first() {
        let digits = rest.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let pair = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
        if let Some(pair) = pair.filter(|_| *first == b'%' && rest[0] != b'+') {
            decoded.push(pair);
            bytes = &rest[2..];
        } else {
            decoded.push(*first);
            bytes = rest;
        }
    }
    decoded
}

/// Two spellings of one URL: the same parts, and the same bytes once decoded.
fn same_url(a: &str, b: &str) -> bool {
    let (a, b) = (Url::parse(a).unwrap(), Url::parse(b).unwrap());
    let parts = |url: &Url| {
        let segments: Vec<_> = url.path_segments().unwrap().map(percent_decoded).collect();
        let host = url.host_str().unwrap().to_owned();
        (host, segments, url.query().map(percent_decoded), url.fragment().map(percent_decoded))
    };
    parts(&a) == parts(&b)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_url_without_oddities_keeps_every_byte(
        list in prop::collection::btree_map(
            "[b-z2-9]{9,11}",
            r"https://[a-z]{1,8}\.example/[A-Za-z0-9._~!'()*+,;@/%{}|^<>-]{0,40}(\?[A-Za-z0-9,;%=&+/?'\x22<>{}|^`.-]{0,60})?(#[a-z?,;/=-]{0,9})?",
            0..24,
        ),
    ) {
        let list: Vec<(&str, &str)> = list.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        for kind in TargetKind::ALL {
            let made = make(&list, &Target::new(kind), &SITE);
            prop_assert!(made.faults.is_empty(), "{:?}", made.faults);
            let back = read_back(&made, kind);
            prop_assert_eq!(back.len(), list.len() * kind.rules());
            prop_assert_eq!(back.into_iter().collect::<BTreeMap<_, _>>(), expected(&list, kind));
        }
    }

    #[test]
    fn a_hostile_url_stays_one_value_and_the_same_url(
        path in r"[a-z$;:'\x22 ,%{}é漢*/]{0,20}",
        query in r"[a-z$;:'\x22\\ ,%{}é漢*/&=?\x7f]{0,40}",
        fragment in r"(#[a-z$;:'\x22\\ ,%é#]{0,10})?",
    ) {
        let url = format!("https://e.example/{path}?{query}{fragment}x");
        for kind in TargetKind::ALL {
            let made = make(&[("bcdfghjkm", &url)], &Target::new(kind), &SITE);
            prop_assert!(made.faults.is_empty(), "{:?}", made.faults);
            let back = read_back(&made, kind);
            prop_assert_eq!(back.len(), kind.rules());
            for (_, served) in back {
                prop_assert!(served.is_ascii() && !served.contains(|at: char| at <= ' '));
                prop_assert!(same_url(&served, &url), "{served} for {url}");
            }
        }
    }

    #[test]
    fn anything_at_all_breaks_no_format(code in ".{0,12}", url in ".{0,40}", odd in "(https://|)") {
        let url = format!("{odd}{url}");
        for kind in TargetKind::ALL {
            let good = ("zzzzzzzzz", "https://e.example/");
            let made = make(&[(&code, &url), good], &Target::new(kind), &SITE);
            let back = read_back(&made, kind);
            let plain = code.bytes().all(|byte| byte.is_ascii_alphanumeric());
            prop_assert!(back.len() == kind.rules() || plain, "{back:?}");
            prop_assert!(back.contains(&owned(("/zzzzzzzzz", good.1))));
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(
        list in prop::collection::vec(("[b-d]{1,2}", "https://(go.example.com|e.example)/[b-d]{1,2}"), 0..12),
    ) {
        let forward: Vec<(&str, &str)> = list.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let backward: Vec<(&str, &str)> = forward.iter().rev().copied().collect();
        for kind in TargetKind::ALL {
            let [a, b] = [&forward, &backward].map(|list| make(list, &Target::new(kind), &SITE));
            let bytes = |made: &RedirectFiles| made.files.iter().map(|file| file.bytes.clone()).collect::<Vec<_>>();
            prop_assert_eq!(bytes(&a), bytes(&b));
            let texts = |made: &RedirectFiles| made.faults.iter().map(|one| one.message.clone()).collect::<Vec<_>>();
            prop_assert_eq!(texts(&a), texts(&b));
        }
    }

    #[test]
    fn every_way_round_on_the_own_host_is_found(next in prop::collection::vec(0usize..12, 12)) {
        // A code with an even number leads to another, an odd one away.
        let code = |at: usize| format!("b{}", char::from(b'b' + at as u8));
        let list: Vec<(String, String)> = next.iter().enumerate().map(|(at, to)| {
            let host = if at % 3 == 0 { "e.example" } else { "GO.example.com" };
            (code(at), format!("https://{host}/{}?x=1", code(*to).to_uppercase()))
        }).collect();
        let list: Vec<(&str, &str)> = list.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let made = make(&list, &Target::new(TargetKind::Nginx), &SITE);
        for (at, to) in next.iter().enumerate().filter(|(at, _)| at % 3 != 0) {
            let mut step = *to;
            let mut back = step == at;
            for _ in 0..12 {
                if step % 3 == 0 || back { break; }
                step = next[step];
                back |= step == at;
            }
            let kind = if back { FaultKind::Loop } else { FaultKind::Chain };
            let found: Vec<_> = made.faults.iter().filter(|one| one.index == Some(at)).collect();
            prop_assert_eq!(found.iter().map(|one| one.kind).collect::<Vec<_>>(), vec![kind]);
        }
    }
}

fn code_number(mut number: usize) -> String {
    let mut code = String::from("b");
    for _ in 0..8 {
        code.push(char::from(b"bcdfghjkmnpqrstvwxz23456789"[number % 27]));
        number /= 27;
    }
    code
}
