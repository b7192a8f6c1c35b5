//! Checks on whole mails.

use super::*;

fn nothing_known(_: &str) -> Option<Picture> {
    None
}

/// The checks that find something in a mail around this body, each with its message.
fn found(body: &str) -> Vec<(&'static str, String)> {
    found_in(body, &[])
}

fn found_in(body: &str, markets: &[Market]) -> Vec<(&'static str, String)> {
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\" dir=\"ltr\"><head><meta charset=\"utf-8\"><title>t</title>\
         </head><body><h1>Hello</h1>{body}</body></html>"
    );
    let (rules, clients) = (Rules::default(), Clients::default());
    let facts = Facts {
        rules: &rules,
        dialect: None,
        clients: &clients,
        markets: Some(markets),
        sender: "Northwind",
        partners: &[vec!["Lumen", "Lumen Inc."]],
        lang: "en-US",
        dir: "ltr",
        days: None,
        picture: &nothing_known,
    };
    let mail = Mail {
        html: &html,
        text: None,
        subject: "A subject",
        preheader: Some("A preheader that is neither short nor long."),
        finished: true,
        derived_text: true,
    };
    check_mail(&mail, &facts).into_iter().map(|one| (one.code.name(), one.message)).collect()
}

const OUT: &str = "<p><a href=\"https://a.example/unsubscribe\">Unsubscribe</a></p>";

#[test]
fn a_mail_that_is_too_long_is_told_where_it_is_cut() {
    let row = "<p>One more offer that nobody asked for</p>\n";
    let count = GMAIL_SHOWS / row.len() + 3;
    let all = found(&format!("{}{OUT}", row.repeat(count)));
    let [(name, message)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(*name, "gmail-clipping");
    assert!(message.contains("103 KB") && message.contains("cuts it off at 102 KB"), "{message}");
    assert!(message.contains("behind “"), "{message}");
    assert!(message.ends_with("nobody sees the link to unsubscribe"), "{message}");
    let all = found(&format!("{OUT}{}", row.repeat(count)));
    assert!(!all[0].1.contains("unsubscribe"), "{all:?}");
    let all = found(&format!("{OUT}{}", row.repeat(count * 9 / 10)));
    assert!(all[0].1.contains("senders add their own"), "{all:?}");
    assert_eq!(found(&format!("{OUT}{}", row.repeat(count / 2))), []);
}

#[test]
fn contrast_is_inherited_and_large_letters_need_less() {
    let names = |body: &str| {
        found(&format!("{body}{OUT}")).into_iter().map(|one| one.0).collect::<Vec<_>>()
    };
    let grey = "<table role=\"presentation\" bgcolor=\"#ffffff\"><tr><td style=\"color:#999999\">";
    assert_eq!(names(&format!("{grey}<p>Hard to read</p></td></tr></table>")), ["low-contrast"]);
    assert_eq!(names(&format!("{grey}<p> &middot; </p></td></tr></table>")), [""; 0]);
    let large = "<p style=\"color:#888888;font-size:24px\">Large</p>";
    assert_eq!(names(large), [""; 0]);
    assert_eq!(names("<p style=\"color:#fff;background:url(x.png)\">Who knows</p>"), [""; 0]);
    assert_eq!(names("<div style=\"display:none;color:#fff\">Hidden</div>"), [""; 0]);
}

#[test]
fn tables_that_say_nothing_are_told_once_each() {
    let names = |body: &str| {
        found(&format!("{body}{OUT}")).into_iter().map(|one| one.0).collect::<Vec<_>>()
    };
    assert_eq!(names("<table><tr><td>x</td></tr></table>"), ["layout-table-role"]);
    assert_eq!(names("<table><tr><th>Price</th><td>3</td></tr></table>"), [""; 0]);
    // End tags that are left out change nothing.
    assert_eq!(names("<table role=\"none\"><tr><td>x<td>y<tr><td>z</table>"), [""; 0]);
}

#[test]
fn no_text_makes_the_checks_stumble() {
    let hard = "<table><tr></table></td><a href='&copy='><img src='data:x' alt><style>@media{a{b:'\
                <script type=\"application/ld+json\">{\"a\": [</script><!--[if mso]><td><!-- x --><b";
    for end in (0..hard.len()).filter(|at| hard.is_char_boundary(*at)) {
        let _ = found(&hard[..end]);
        let _ = found(&hard[end..]);
    }
}

#[test]
fn each_market_asks_for_what_its_law_asks_for() {
    let address = "<p>Northwind, 14 Mill Road, Portland, OR 97201</p>";
    let names = |body: &str, market| {
        let all = found_in(&format!("{body}{OUT}"), &[market]);
        all.into_iter().map(|one| one.0).collect::<Vec<_>>()
    };
    assert_eq!(names("<p>Northwind</p>", Market::UnitedStates), ["missing-address"]);
    assert_eq!(names("<p>Northwind</p>", Market::EuropeanUnion), [""; 0]);
    assert_eq!(names("", Market::EuropeanUnion), ["missing-sender"]);
    assert_eq!(names(address, Market::UnitedStates), [""; 0]);
    // Canada also asks for those on whose behalf the mail is sent.
    assert_eq!(names(address, Market::Canada), ["missing-sender"]);
    assert_eq!(names(&format!("{address}<p>With LUMEN Inc</p>"), Market::Canada), [""; 0]);
    assert_eq!(found(""), [("missing-unsubscribe", "no link leads out of the list".to_owned())]);
}

/// The first line that is too long is told, wherever lines before it end, and blanks at its end
/// do not count.
#[test]
fn long_lines_are_found_among_short_ones() {
    let told = |body: &str| {
        let found = found(&format!("\n{body}\n{OUT}"));
        let long = found.into_iter().filter(|(name, _)| *name == "long-line");
        long.map(|(_, message)| message).collect::<Vec<_>>()
    };
    let line = |length: usize| format!("<p>{}</p>", "x".repeat(length - 7));
    for short in ["\n".repeat(3), format!("{}\n", line(998)), format!("{}\n", line(500)).repeat(3)]
    {
        let wide = format!("{short}{}{}\n{short}", line(998), " ".repeat(99));
        assert_eq!(told(&wide), [""; 0]);
        let long = format!("{wide}{}\n{}", line(999), line(2000));
        assert_eq!(told(&long), ["the line has 999 bytes, 998 pass"]);
    }
    assert_eq!(told(&line(1200)), ["the line has 1200 bytes, 998 pass"]);
}
