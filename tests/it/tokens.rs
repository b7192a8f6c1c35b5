//! Macros and merge tags of every platform, from a cell and a channel's rule into every kind of
//! artifact: escaped where HTML wants it, and otherwise byte for byte.

use std::cell::RefCell;
use std::collections::BTreeMap;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use throughline::dialect::{Dialect, scan};

use crate::cases::lay_down;
use crate::sandbox::Sandbox;

/// What platforms fill in, with everything in it that a URL or an HTML writer would change.
const TOKENS: [(Dialect, &[&str]); 14] = [
    (
        Dialect::GoogleAds,
        &["{lpurl}", "{campaignid}", "{_custom}", "{ifmobile:m}", "{escapedlpurl}"],
    ),
    (Dialect::Sa360, &["[*Campaign*]", "[*KeywordID*]", "{campaignid}"]),
    (Dialect::Meta, &["{{ad.id}}", "{{campaign.name}}", "{{site_source_name}}"]),
    (Dialect::TikTok, &["__CID__", "__CAMPAIGN_ID__", "__CALLBACK_PARAM__"]),
    (Dialect::Pinterest, &["{campaignid}", "{adgroupid}", "{device}"]),
    (Dialect::MicrosoftAds, &["{CampaignId}", "{_key}", "{lpurl}"]),
    (Dialect::Mailchimp, &["*|LIST|*", "*|CAMPAIGN_UID|*", "*|URL:LIST|*"]),
    (
        Dialect::Klaviyo,
        &[
            "{{ campaign.name | replace: ' ', '-' }}",
            "{{ person|lookup:\"a b\"|default:'<&>' }}",
            "{% if a > \"b#c?d\" %}x{% endif %}",
        ],
    ),
    (
        Dialect::Braze,
        &["{{${language}}}", "{{campaign.${name} | default: 'a&b'}}", "{{ \"x\" | upcase }}"],
    ),
    (Dialect::Sfmc, &["%%list name%%", "%%=v(@x)=%%", "%%=Concat(\"a\",'&')=%%"]),
    (Dialect::AdobeCampaign, &["<%= delivery.name %>", "<%@ include view='x' %>"]),
    (Dialect::AdobeJourney, &["{{profile.name}}", "{%= upper(\"a\") %}", "{%#if x%}y{%/if%}"]),
    (Dialect::Iterable, &["{{name}}", "[[name]]", "{{defaultIfEmpty name 'a#b?c'}}"]),
    (Dialect::SendGrid, &["{{name}}", "{{#if x}}y{{/if}}", "{{insert name \"default=a&b\"}}"]),
];

const CHANNELS: [&str; 3] = ["email", "landing", "sms"];

const RECIPES: &str = r#"
[[recipes]]
kind = "json"
template = "json/alert.json"
path = "json/{campaign.id}/{offer.id}"

[[recipes]]
kind = "sheet"
path = "sheet/{campaign.id}/{asset.id}"
columns = [{ name = "URL", value = "{links.cta.url}" }, { name = "Ad", value = "{offer.id}" }]
"#;

/// A workspace whose links hold a token, in the partner's address and in a parameter of ours.
fn workspace(dialect: Dialect, token: &str) -> Sandbox {
    let sandbox = lay_down("ok_small");
    let offers = sandbox.read("partners/offers.csv");
    let mut changed = offers.clone();
    for path in ["/pans", "/gift", "/serums?ref=club", "/boots", "/cozy"] {
        let mark = if path.contains('?') { '&' } else { '?' };
        let cell = format!("{path}{mark}m={token}&z=1#a").replace('"', "\"\"");
        changed = changed.replace(&format!(",{path},"), &format!(",\"{cell}\","));
    }
    assert_ne!(changed, offers);
    sandbox.write("partners/offers.csv", changed);
    for channel in CHANNELS {
        let path = format!("rules/channels/{channel}.toml");
        let text = sandbox.read(&path);
        let text = text.split("[limits]").next().unwrap();
        let term = serde_json::to_string(&format!("a{token}.{{offer.id}}")).unwrap();
        let params = format!("dialect = \"{}\"\n\n[params]\nutm_term = {term}", dialect.name());
        let text = text.replace("[params]", &params);
        let text = text.replace("to = \"landing\"\n", "to = \"partner\"\n");
        let recipes = if channel == "sms" { RECIPES } else { "" };
        sandbox.write(&path, text + recipes);
    }
    sandbox.write("templates/text/alert.txt", "See {{ links.cta.url }}\n");
    sandbox.write("templates/json/alert.json", "{\"url\": \"{{ links.cta.url }}\"}\n");
    sandbox
}

/// The URL of each link, by its id.
fn urls(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let table = sandbox.artifact("links/links.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let at = reader.headers().unwrap().iter().position(|name| name == "url").unwrap();
    reader
        .records()
        .map(Result::unwrap)
        .map(|row| (row[0].to_owned(), row[at].to_owned()))
        .collect()
}

/// Every `href`, as a browser reads it.
#[derive(Default)]
struct Addresses(RefCell<Vec<String>>);

impl TokenSink for Addresses {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(Tag { attrs, .. }) = token {
            let addresses = attrs.iter().filter(|one| &*one.name.local == "href");
            self.0.borrow_mut().extend(addresses.map(|one| one.value.to_string()));
        }
        TokenSinkResult::Continue
    }
}

fn addresses(html: &str) -> Vec<String> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let tokenizer = Tokenizer::new(Addresses::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

fn in_attribute(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

/// A URL holds its token twice, and everything else is what it would be without.
fn check_url(url: &str, offer: &str, dialect: Dialect, token: &str) {
    let whole = scan(token, dialect).map(|one| one.text).collect::<Vec<_>>();
    let found: Vec<&str> = scan(url, dialect).map(|one| one.text).collect();
    assert_eq!(found, [whole.clone(), whole].concat(), "{url}");
    let (front, fragment) = url.rsplit_once('#').unwrap();
    assert_eq!(fragment, "a", "{url}");
    assert!(front.contains(&format!("m={token}&z=1&utm_id=bf26&")), "{url}");
    assert!(front.contains(&format!("&utm_term=a{token}.{offer}")), "{url}");
}

fn check(dialect: Dialect, token: &str) {
    let sandbox = workspace(dialect, token);
    let run = sandbox.run(&["build", "--all"]);
    assert_eq!(run.code, 0, "{} {token}\n{}", dialect.name(), run.text());
    let urls = urls(&sandbox);
    for (id, offer, page) in [
        ("bf26.page.hearth-pan.a.cta", "hearth-pan", "landing/bf26/hearth-pan.html"),
        ("bf26.page.lumen-serum.a.cta", "lumen-serum", "landing/bf26/lumen-serum.html"),
        ("bf26-digest-pan.cta", "hearth-pan", "email/bf26/digest.html"),
    ] {
        let url = &urls[id];
        check_url(url, offer, dialect, token);
        let html = sandbox.artifact(page);
        assert!(html.contains(&format!("href=\"{}\"", in_attribute(url))), "{url}\n{html}");
        assert!(addresses(&html).contains(url), "{url}\n{html}");
    }
    let digest = sandbox.artifact("email/bf26/digest.txt");
    let url = &urls["bf26-digest-pan.cta"];
    assert!(digest.contains(&format!("\n{url}\n")), "{url}\n{digest}");
    let url = &urls["bf26.alert.lumen-serum.a.cta"];
    check_url(url, "lumen-serum", dialect, token);
    assert_eq!(sandbox.artifact("text/bf26/lumen-serum.txt"), format!("See {url}\n"));
    let json = sandbox.artifact("json/bf26/lumen-serum.json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["url"].as_str(), Some(url.as_str()));
    let sheet = sandbox.artifact("sheet/bf26/alert.csv");
    let mut reader = csv::Reader::from_reader(sheet.as_bytes());
    let mut rows = reader.records().map(Result::unwrap);
    let row = rows.find(|row| &row[1] == "lumen-serum").unwrap();
    assert_eq!(&row[0], url);
}

#[test]
fn tokens_of_every_platform_reach_every_artifact_unchanged() {
    for (dialect, tokens) in TOKENS {
        for token in tokens {
            assert!(scan(token, dialect).next().is_some(), "{token} is no token");
            check(dialect, token);
        }
    }
    let known: Vec<Dialect> = TOKENS.iter().map(|(dialect, _)| *dialect).collect();
    let mut all = Dialect::ALL.into_iter().filter(|one| *one != Dialect::Plain);
    assert!(all.all(|one| known.contains(&one)), "a platform has no tokens here");
}

/// A cell is data: it cannot have a platform write something into our links.
#[test]
fn what_looks_like_a_macro_in_a_cell_is_none() {
    let sandbox = workspace(Dialect::Klaviyo, "{{ list_name }}");
    let path = "rules/channels/landing.toml";
    sandbox.edit(path, ".{offer.id}\"\nutm_source", ".{offer.badge}\"\nutm_source");
    let offers = sandbox.read("partners/offers.csv");
    let offers = offers.replace(",active,\n", ",active,plain\n");
    sandbox.write("partners/offers.csv", offers.replace(",active,New\n", ",active,{{evil}}\n"));
    let run = sandbox.run(&["build", "--format", "short"]).expect_code(1);
    assert!(run.text().contains("error[TL0303]: utm_term would be"), "{}", run.text());
    let path = "rules/taxonomy.toml";
    sandbox.edit(path, "charset = \"a-z0-9._-\"", "charset = \"a-z0-9._{}-\"");
    let run = sandbox.run(&["build", "--format", "short"]).expect_code(1);
    assert!(run.text().contains("error[TL0514]: the cell holds `{{evil}}`"), "{}", run.text());
    sandbox.edit("partners/offers.csv", "{{evil}}", "{evil}");
    sandbox.run(&["build"]).expect_code(0);
    let url = &urls(&sandbox)["bf26.page.lumen-gift.a.cta"];
    assert!(url.contains("&utm_term=a{{ list_name }}.%7Bevil%7D&"), "{url}");
}

/// A link with a merge tag ends where it ends, and not where a space is.
#[test]
fn nothing_may_be_written_behind_a_link_with_a_tag() {
    let sandbox = workspace(Dialect::Klaviyo, "{{ name | default: \"a b\" }}");
    sandbox.write("templates/text/alert.txt", "({{ links.cta.url }}), {{ links.cta.url }}.\n");
    sandbox.run(&["build"]).expect_code(0);
    for behind in ["&x=1", "/", "{{ offer.id }}"] {
        let template = format!("See {{{{ links.cta.url }}}}{behind}\n");
        sandbox.write("templates/text/alert.txt", template);
        let run = sandbox.run(&["build", "--format", "short"]).expect_code(1);
        assert!(run.text().contains("error[TL0601]"), "{behind}: {}", run.text());
    }
}
