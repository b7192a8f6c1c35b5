//! What is split, what is escaped, what previews let through.

use super::*;

fn items(count: usize, channels: &[&str]) -> Vec<Item> {
    let of = |channel: &&str| {
        let channel = (*channel).to_owned();
        (0..count).map(move |at| Item {
            campaign: "bf26".to_owned(),
            channel: channel.clone(),
            asset: "page".to_owned(),
            id: format!("{channel}/bf26/{at}.html"),
            kind: "page",
            ..Item::default()
        })
    };
    channels.iter().flat_map(of).collect()
}

#[test]
fn a_large_gallery_has_a_page_for_each_channel() {
    let gallery = Gallery { items: items(200, &["email", "landing"]), ..Gallery::default() };
    let names = |gallery: &Gallery, index: &str| {
        gallery_pages(gallery, index).into_iter().map(|page| page.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&gallery, "index.html"), ["index.html"]);
    let gallery = Gallery { items: items(201, &["email", "landing"]), ..Gallery::default() };
    let expected = ["a b.html", "a b.bf26.email.html", "a b.bf26.landing.html"];
    assert_eq!(names(&gallery, "a b.html"), expected);
    let pages = gallery_pages(&gallery, "a b.html");
    assert!(pages[0].html.contains("href=\"a%20b.bf26.email.html#email/bf26/200.html\""));
    assert!(!pages[0].html.contains("<article"));
    assert_eq!(pages[1].html.matches("<article").count(), 201);
    assert!(pages[2].html.contains("<a href=\"a%20b.html\">The whole gallery</a>"));
}

#[test]
fn data_is_text_wherever_it_stands() {
    let bad = "\"><script>alert(1)</script>'\u{202e}\u{1}&amp;";
    let mut item = items(1, &["email"]).remove(0);
    item.envelope = Some((bad.to_owned(), bad.to_owned()));
    item.id = bad.to_owned();
    item.texts = vec![("Text", bad.to_owned())];
    item.files = vec![(bad.to_owned(), address(bad))];
    let link = || bad.to_owned();
    item.links = vec![LinkRow { text: link(), url: link(), short_url: link(), id: link() }];
    let held_back = vec![HeldBack { what: bad.to_owned(), why: bad.to_owned() }];
    let gallery =
        Gallery { title: bad.to_owned(), held_back, items: vec![item], ..Gallery::default() };
    let html = &gallery_pages(&gallery, "index.html")[0].html;
    assert_eq!(html.matches("<script").count(), 1, "{html}");
    assert!(!html.contains("alert(1)</script>") && !html.contains('\u{202e}'));
    assert!(html.contains("&amp;amp;") && html.contains("[U+202E][U+0001]"));
}

#[test]
fn a_preview_asks_nobody() {
    let html = "<!DOCTYPE html><html><head><link rel=\"stylesheet\" href=\"https://a.example/x.css\" \
        integrity=\"sha384-x\" crossorigin=\"anonymous\"></head><body background=\"https://a.example/b\">\
        <img src=\"https://a.example/y.png\" alt=\"Y\" width=\"9\"><p>https://a.example.org/z</p></body></html>";
    let shown = preview(html, "https://a.example/", "../out", Images::Shown);
    assert!(
        shown
            .starts_with("<!DOCTYPE html><html><head><meta http-equiv=\"Content-Security-Policy\"")
    );
    assert!(shown.contains("href=\"../out/x.css\"") && shown.contains("src=\"../out/y.png\""));
    assert!(!shown.contains("integrity") && !shown.contains("crossorigin"));
    assert!(shown.contains("https://a.example.org/z"));
    let off = preview(html, "https://a.example/", "../out", Images::Off);
    assert!(
        off.contains("<img  alt=\"Y\" width=\"9\">") && off.contains("img-src 'none'"),
        "{off}"
    );
    assert!(!off.contains("../out/y.png") && !off.contains("background="));
    let bare = preview("<!doctype html><p>x", "https://a.example/", "o", Images::Shown);
    assert!(bare.starts_with("<!doctype html><meta "), "{bare}");
}

#[test]
fn links_have_the_words_that_are_clicked() {
    let html = "<a href=\"u?a=1&amp;b=2\">Shop <b>now</b> <img alt=\"Cream\"></a>\
        <!--[if mso]><a href=\"v\">only there</a><![endif]--><a name=\"x\">no link</a>";
    assert_eq!(links_of(html), [("Shop now Cream".to_owned(), "u?a=1&b=2".to_owned())]);
}
