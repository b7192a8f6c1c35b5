//! Limits, clashes and everything else that is told rather than written.

use super::*;

#[test]
fn slugs_and_statuses_read_back() {
    for kind in TargetKind::ALL {
        assert_eq!(TargetKind::from_slug(kind.slug()), Some(kind));
    }
    for code in [301, 302, 307, 308] {
        assert_eq!(Status::new(code).map(Status::code), Some(code));
    }
    assert_eq!((TargetKind::from_slug("iis"), Status::new(303)), (None, None));
}

#[test]
fn what_must_be_encoded_is_and_nothing_else() {
    let url = "https://e.com/a$b:c/:d?e=:f&g=\"h\"\\#i j";
    let written =
        |kind| read_back(&make(&[("bcd", url)], &Target::new(kind), &SITE), kind)[0].1.clone();
    assert_eq!(written(TargetKind::Nginx), url.replace('$', "%24").replace(' ', "%20"));
    assert_eq!(written(TargetKind::Netlify), "https://e.com/a$b:c/%3Ad?e=%3Af&g=\"h\"\\#i%20j");
    for kind in [TargetKind::Apache, TargetKind::Vercel, TargetKind::Fastly, TargetKind::S3] {
        assert_eq!(written(kind), url.replace(' ', "%20"));
    }
}

#[test]
fn unfinished_urls_are_left_out_with_the_reason() {
    let odd = [
        ("http://e.com/", "is not https, or has no path"),
        ("https://e.com", "is not https, or has no path"),
        ("https://e.com?a=1", "is not https, or has no path"),
        ("javascript:alert(1)", "is not https, or has no path"),
        ("https://good.com@evil.com/", "has no plain host name"),
        ("https://ex.com\\@evil.com/", "is not https, or has no path"),
        ("https://ex.com%5C@evil.com/", "has no plain host name"),
        ("https:///e.com/", "has no plain host name"),
        ("https://e.com:x/", "has no plain host name"),
        ("https://аррӏе.com/", "has no plain host name"),
        ("https://e.com/a\r\nSet-Cookie: x", "holds a control character"),
        ("https://e.com/a\\b", "holds `\\` in its path"),
    ];
    for (url, why) in odd {
        for kind in TargetKind::ALL {
            let made = make(&[("bcdfghjkm", url)], &Target::new(kind), &SITE);
            assert_eq!(kinds(&made), [FaultKind::InvalidUrl], "{url}");
            assert!(made.faults[0].message.ends_with(why), "{}", made.faults[0].message);
            assert!(!made.faults[0].message.contains(['\r', '\n']));
            assert!(read_back(&made, kind).is_empty());
        }
    }
    let made = make(&[("a/../b", "https://e.com/")], &Target::new(TargetKind::Nginx), &SITE);
    assert_eq!(kinds(&made), [FaultKind::InvalidCode]);
}

#[test]
fn a_permanent_status_is_told_and_written() {
    let target = Target { status: Status::MovedPermanently, ..Target::new(TargetKind::Vercel) };
    let made = make(&[("bcd", "https://e.com/")], &target, &SITE);
    assert_eq!(kinds(&made), [FaultKind::PermanentStatus]);
    assert!(file(&made, "redirects/vercel.csv").ends_with("/bcd,https://e.com/,301,false,false\n"));
    let target = Target { status: Status::TemporaryRedirect, ..Target::new(TargetKind::Netlify) };
    let made = make(&[("bcd", "https://e.com/")], &target, &SITE);
    assert_eq!(kinds(&made), [FaultKind::UnsupportedStatus]);
    assert!(made.files.is_empty());
}

#[test]
fn a_query_is_not_promised_where_it_cannot_be_kept() {
    let list =
        [("bcd", "https://e.com/?a=1"), ("bcf", "https://e.com/#x"), ("bcg", "https://e.com/")];
    for kind in TargetKind::ALL {
        let made = make(&list, &Target { preserve_query: true, ..Target::new(kind) }, &SITE);
        let conflict = |index| vec![(Some(index), FaultKind::PreserveQueryConflict)];
        let expected = match kind {
            TargetKind::CloudflareBulk | TargetKind::CloudflarePages => conflict(0),
            TargetKind::Apache | TargetKind::Fastly => conflict(1),
            TargetKind::S3 => vec![(None, FaultKind::UnsupportedQuery)],
            _ => Vec::new(),
        };
        let found: Vec<_> = made.faults.iter().map(|one| (one.index, one.kind)).collect();
        assert_eq!(found, expected, "{kind:?}");
    }
    let target = Target { preserve_query: true, ..Target::new(TargetKind::CloudflareBulk) };
    let made = make(&list[..1], &target, &SITE);
    assert!(made.faults[0].help.contains("preserve_query = false"));
    assert!(made.faults[0].help.contains("drop the query"));
}

#[test]
fn what_is_too_long_is_left_out_and_the_longest_stays() {
    let at = |kind: TargetKind| match kind {
        TargetKind::Apache => 1_023 - "/bcd ".len(),
        TargetKind::CloudflarePages => 1_000 - "/bcd  302".len(),
        _ => kind.longest().map_or(8_000, |(longest, _)| longest),
    };
    for kind in TargetKind::ALL {
        let fits = format!("https://e.com/{}", "a".repeat(at(kind) - 14));
        let made = make(&[("bcd", &fits)], &Target::new(kind), &SITE);
        assert_eq!((kinds(&made), read_back(&made, kind)[0].1 == fits), (vec![], true), "{kind:?}");
        if kind.longest().is_some() {
            let made = make(&[("bcd", &format!("{fits}a"))], &Target::new(kind), &SITE);
            assert_eq!(kinds(&made), [FaultKind::TooLong], "{kind:?}");
            assert!(read_back(&made, kind).is_empty());
        }
    }
}

#[test]
fn limits_are_counted_with_both_spellings() {
    let codes: Vec<String> = (0..1_001).map(code_number).collect();
    let list: Vec<(&str, &str)> =
        codes.iter().map(|code| (code.as_str(), "https://e.com/")).collect();
    let made = make(&list[..1_000], &Target::new(TargetKind::CloudflarePages), &SITE);
    assert_eq!(made.capacity.to_string(), "2000 of 2000 rules, 0 left");
    assert!(made.faults.is_empty());
    let made = make(&list, &Target::new(TargetKind::CloudflarePages), &SITE);
    assert_eq!(kinds(&made), [FaultKind::OverLimit]);
    assert!(made.capacity.is_over());
    let target = Target { limit: Some(5_000), ..Target::new(TargetKind::Fastly) };
    let made = make(&list, &target, &SITE);
    assert_eq!(made.capacity.to_string(), "1001 of 5000 items, 3999 left");
    let names: Vec<_> = made.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names[..2], ["redirects/fastly-0001.json", "redirects/fastly-0002.json"]);
    assert_eq!(read_back(&made, TargetKind::Fastly).len(), 1_001);
    let target = Target { limit: Some(1_000), ..Target::new(TargetKind::CloudfrontKvs) };
    let made = make(&list, &target, &SITE);
    assert_eq!(kinds(&made), [FaultKind::OverLimit]);
    assert_eq!(made.capacity.used, made.files[0].bytes.len());
    let made = make(&list, &Target::new(TargetKind::Nginx), &SITE);
    assert_eq!(made.capacity.to_string(), "1001 entries, no limit");
}

#[test]
fn s3_goes_over_to_objects_and_says_so() {
    let codes: Vec<String> = (0..26).map(code_number).collect();
    let list: Vec<(&str, &str)> =
        codes.iter().map(|code| (code.as_str(), "https://e.com/?a=1")).collect();
    let made = make(&list[..25], &Target::new(TargetKind::S3), &SITE);
    assert_eq!((kinds(&made), made.capacity.left()), (vec![], Some(0)));
    let made = make(&list, &Target::new(TargetKind::S3), &SITE);
    assert_eq!(kinds(&made), [FaultKind::ObjectsInsteadOfRules, FaultKind::PermanentStatus]);
    assert_eq!(read_back(&made, TargetKind::S3).len(), 52);
    assert_eq!(made.capacity.to_string(), "52 objects, no limit");
    let prefixes = [("bcd", "https://e.com/1"), ("bcdf", "https://e.com/2")];
    let back = read_back(&make(&prefixes, &Target::new(TargetKind::S3), &SITE), TargetKind::S3);
    let order: Vec<_> = back.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(order, ["/bcdf", "/BCDF", "/bcd", "/BCD"]);
}

#[test]
fn clashes_with_codes_pages_and_the_own_host_are_told() {
    let site = Site { pages: &["/bcd.html", "lumen/", "/other"], ..SITE };
    let list = [
        ("bcd", "https://e.com/"),
        ("bcf", "https://e.com/1"),
        ("bcf", "https://e.com/2"),
        ("bcg", "https://go.example.com:443/%62cf"),
        ("bch", "https://go.example.com/lumen"),
        ("bcj", "https://go.example.com./nowhere"),
        ("bck", "https://go.example.com/bck"),
    ];
    let made = make(&list, &Target::new(TargetKind::Apache), &site);
    let found: Vec<_> = made.faults.iter().map(|one| (one.index.unwrap(), one.kind)).collect();
    let expected = [
        (0, FaultKind::ShadowsPage),
        (2, FaultKind::DuplicateCode),
        (3, FaultKind::Chain),
        (5, FaultKind::OwnHost),
        (6, FaultKind::Loop),
    ];
    assert_eq!(found, expected);
    let kept: Vec<_> =
        read_back(&made, TargetKind::Apache).into_iter().map(|(key, _)| key).collect();
    assert_eq!(kept, ["/bcd", "/bcf", "/bcg", "/bch", "/bcj"]);
}

#[test]
fn a_path_before_the_code_is_kept_and_a_bad_host_refused() {
    let site = Site { link_host: "https://e.com/R/", pages: &["/r/bcd"] };
    let list = [("bcd", "https://x.com/"), ("bcf", "https://e.com/r/BCD")];
    let made = make(&list, &Target::new(TargetKind::Nginx), &site);
    assert_eq!(kinds(&made), [FaultKind::ShadowsPage, FaultKind::Chain]);
    assert_eq!(read_back(&made, TargetKind::Nginx)[0].0, "/r/bcd");
    let made = make(&list, &Target::new(TargetKind::Netlify), &site);
    assert_eq!(
        read_back(&made, TargetKind::Netlify)[..2]
            .iter()
            .map(|(key, _)| key.as_str())
            .collect::<Vec<_>>(),
        ["/R/bcd", "/R/BCD"]
    );
    for bad in ["", "go.example.com", "http://e.com/", "https://e.com/a;b/", "mailto:x"] {
        let made =
            make(&list, &Target::new(TargetKind::Nginx), &Site { link_host: bad, pages: &[] });
        assert_eq!((kinds(&made), made.files.len()), (vec![FaultKind::InvalidHost], 0), "{bad}");
    }
    let ported = Site { link_host: "https://e.com:8443/", pages: &[] };
    assert_eq!(
        kinds(&make(&[], &Target::new(TargetKind::CloudflareBulk), &ported)),
        [FaultKind::InvalidHost]
    );
}

#[test]
fn configurations_name_the_published_file() {
    let redirects = [Redirect { code: "bcd", url: "https://e.com/" }];
    for (kind, conf, text) in [
        (TargetKind::Nginx, "redirects/nginx-http.conf", "include redirects/nginx.map.23;"),
        (TargetKind::Apache, "redirects/apache.conf", "\"txt:redirects/apache.map.20\""),
        (TargetKind::Vercel, "redirects/vercel.json", "\"redirects/vercel.csv.86\""),
    ] {
        let made = Held { with_length: true, ..Held::default() }.make(
            &redirects,
            &Target::new(kind),
            &SITE,
        );
        assert!(file(&made, conf).contains(text), "{}", file(&made, conf));
    }
}
