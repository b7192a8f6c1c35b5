//! The filters and functions that templates may use besides Tera's own.
//!
//! All are pure: no clock, no randomness, no environment, no file, no network.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use rust_decimal::Decimal;
use tera::value::Key;
use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use super::escape::escape_json;
use super::merge_tags::{self, MergeTags};
use super::picture_functions;
use super::structured;
use crate::artifact::AssetUrls;
use crate::graph::Form;
use crate::locale::{DateStyle, Locale};
use crate::source::decimal_places;

/// Registers everything for one form.
pub(super) fn register(
    tera: &mut Tera,
    form: Form,
    assets: &Arc<AssetUrls>,
    tags: &Arc<MergeTags>,
    locale: &'static Locale,
) {
    merge_tags::register(tera, form, tags);
    // Not from the context: a component would see none, and write another language.
    tera.register_filter("date", move |text: &str, kwargs: Kwargs, state: &State<'_>| {
        date(locale, text, &kwargs, state)
    });
    tera.register_filter("money", move |text: &str, kwargs: Kwargs, state: &State<'_>| {
        money(locale, text, &kwargs, state)
    });
    tera.register_filter("percent", move |text: &str, _: Kwargs, _: &State<'_>| {
        percent(locale, text)
    });
    tera.register_filter("json", move |value: &Value, _: Kwargs, _: &State<'_>| json(form, value));
    // Tera's own goes through a hash map, so its order differs from run to run.
    tera.register_filter("group_by", group_by);
    if form == Form::Html {
        tera.register_filter("markdown", markdown_html);
    } else {
        tera.register_filter("markdown", markdown_text);
    }
    let known = Arc::clone(assets);
    tera.register_function(
        "asset_url",
        move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
            let path = kwargs.must_get::<&str>("path")?;
            known.url(path).map(str::to_owned).ok_or_else(|| no_asset(&known, path))
        },
    );
    let known = Arc::clone(assets);
    tera.register_function(
        "asset_integrity",
        move |kwargs: Kwargs, _: &State<'_>| -> TeraResult<String> {
            let path = kwargs.must_get::<&str>("path")?;
            known.url(path).ok_or_else(|| no_asset(&known, path))?;
            known.integrity(path).map(str::to_owned).ok_or_else(|| {
                let what = format!("`assets/{path}` is no style sheet and no script");
                Error::message(format!("{what}: browsers check the integrity of nothing else"))
            })
        },
    );
    structured::register(tera, form, assets);
    picture_functions::register(tera, form, assets);
}

pub(super) fn no_asset(assets: &AssetUrls, path: &str) -> Error {
    let nearest = crate::diag::did_you_mean(path, assets.names());
    let help = nearest.map(|help| format!("; {help}")).unwrap_or_default();
    Error::message(format!("there is no file `assets/{path}`{help}"))
}

/// `date(style="long")` in the locale's own order, or `date(format="%B %-d, %Y")` with strftime's
/// letters and the locale's names: an instant in the campaign's zone.
fn date(
    locale: &'static Locale,
    text: &str,
    kwargs: &Kwargs,
    state: &State<'_>,
) -> TeraResult<String> {
    let instant: Timestamp =
        text.parse().map_err(|_| Error::message(format!("`{text}` is not a date and time")))?;
    // A component sees its parameters and nothing else, and another zone is another day.
    let Some(campaign) = state.get::<Value>("campaign")? else {
        return Err(Error::message(
            "`date` needs the campaign's zone: add `@campaign` to the component",
        ));
    };
    let zone = campaign.get_from_path("zone").and_then(Value::as_str);
    let zone = zone.and_then(|name| TimeZone::get(name).ok());
    let local = instant.to_zoned(zone.unwrap_or(TimeZone::UTC));
    let format = kwargs.get::<&str>("format")?;
    let Some(style) = kwargs.get::<&str>("style")? else {
        let format = format.unwrap_or("%Y-%m-%d");
        return locale
            .strftime(format, &local)
            .map_err(|error| Error::message(format!("the format `{format}` is wrong: {error}")));
    };
    let names = DateStyle::NAMES.map(|(name, _)| name);
    match DateStyle::NAMES.into_iter().find(|(name, _)| *name == style) {
        Some((_, style)) if format.is_none() => Ok(locale.date(&local, style)),
        Some(_) => Err(Error::message("`date` takes a `style` or a `format`, not both")),
        None => {
            let names = names.join(", ");
            Err(Error::message(format!("there is no style `{style}`: use one of {names}")))
        }
    }
}

/// `money(currency="USD")`, or in the workspace's currency: `$25`, `$25.50`, `25,50 €`; a currency
/// without a well-known sign goes by its code.
fn money(
    locale: &'static Locale,
    text: &str,
    kwargs: &Kwargs,
    state: &State<'_>,
) -> TeraResult<String> {
    let workspace = state.get::<Value>("workspace")?;
    let usual = workspace.as_ref().and_then(|one| one.get_from_path("currency"));
    let usual = usual.and_then(Value::as_str);
    let Some(currency) = kwargs.get::<&str>("currency")?.or(usual) else {
        return Err(Error::message("`money` needs a currency"));
    };
    let amount = Decimal::from_str_exact(text)
        .map_err(|_| Error::message(format!("`{text}` is not an amount")))?;
    Ok(locale.money(amount, currency, decimal_places(currency)))
}

/// `percent`: `30%`, `12,5 %`.
fn percent(locale: &'static Locale, text: &str) -> TeraResult<String> {
    let value = Decimal::from_str_exact(text)
        .map_err(|_| Error::message(format!("`{text}` is not a percentage")))?;
    Ok(locale.percent(value))
}

/// A JSON literal.
fn json(form: Form, value: &Value) -> TeraResult<Value> {
    let mut out = Vec::new();
    if let Some(text) = value.as_str() {
        out.push(b'"');
        escape_json(text, &mut out).map_err(|error| Error::message(error.to_string()))?;
        out.push(b'"');
    } else {
        let text =
            serde_json::to_string(value).map_err(|error| Error::message(error.to_string()))?;
        out.extend(
            text.replace('<', "\\u003c")
                .replace('>', "\\u003e")
                .replace('&', "\\u0026")
                .into_bytes(),
        );
    }
    let text = String::from_utf8(out).map_err(|error| Error::message(error.to_string()))?;
    // In HTML the literal is text like any other, or its quotes would end an attribute.
    Ok(if form == Form::Html { Value::from(text) } else { Value::safe_string(&text) })
}

/// `group_by(attribute="partner.tier")`: groups in the order in which they first appear.
#[expect(clippy::needless_pass_by_value, reason = "the signature is Tera's")]
fn group_by(values: &[Value], kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let attribute = kwargs.must_get::<&str>("attribute")?;
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    for value in values {
        let Some(key) = value.get_from_path(attribute) else {
            return Err(Error::message(format!("an item has no `{attribute}`")));
        };
        let key = key.to_string();
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(value.clone()),
            None => groups.push((key, vec![value.clone()])),
        }
    }
    let map: Map =
        groups.into_iter().map(|(key, members)| (Key::from(key), Value::from(members))).collect();
    Ok(Value::from(map))
}

/// Markdown as HTML; HTML and links written in it are shown as text.
fn markdown_html(text: &str, _: Kwargs, _: &State<'_>) -> Value {
    let events = Parser::new_ext(text, Options::empty()).filter_map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
        Event::Start(Tag::Link { .. } | Tag::Image { .. })
        | Event::End(TagEnd::Link | TagEnd::Image) => None,
        other => Some(other),
    });
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    Value::safe_string(html.trim_end())
}

/// Markdown as plain text: no marks, paragraphs apart, list items with a dash.
fn markdown_text(text: &str, _: Kwargs, _: &State<'_>) -> String {
    let mut out = String::new();
    // What goes between what is there and what comes next.
    let mut gap = "";
    for event in Parser::new_ext(text, Options::empty()) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                out.push_str(std::mem::take(&mut gap));
                out.push_str(&text);
            }
            Event::Start(Tag::Item) => {
                out.push_str(if gap.is_empty() && !out.is_empty() { "\n" } else { gap });
                out.push_str("- ");
                gap = "";
            }
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Item) => gap = "\n",
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::List(_)) => gap = "\n\n",
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(form: Form, template: &str) -> String {
        let mut tera = Tera::default();
        crate::render::escape::configure(&mut tera, form);
        register(&mut tera, form, &Arc::default(), &Arc::default(), Locale::usual());
        tera.add_raw_template("t.HTML", template).unwrap();
        let mut context = tera::Context::new();
        context.insert("campaign", &serde_json::json!({"zone": "America/New_York"}));
        context.insert("evil", "<b>\"x\" & 'y'</b>");
        context
            .insert("rows", &serde_json::json!([{"k":"b","v":1},{"k":"a","v":2},{"k":"b","v":3}]));
        context.insert("terms", "**Bold** <script>\n\n- one\n- [two](https://x.example)");
        tera.render("t.HTML", &context).unwrap()
    }

    #[test]
    fn escaping_does_not_depend_on_the_name() {
        assert_eq!(
            render(Form::Html, "{{ evil }}"),
            "&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;"
        );
        assert_eq!(render(Form::Text, "{{ evil }}"), "<b>\"x\" & 'y'</b>");
        assert_eq!(
            render(Form::Json, "{{ evil }}"),
            r#"\u003cb\u003e\"x\" \u0026 'y'\u003c/b\u003e"#
        );
    }

    #[test]
    fn filters_format() {
        let date = r#"{{ "2026-11-27T10:00:00Z" | date(format="%B %-d, %-I:%M %p %Z") }}"#;
        assert_eq!(render(Form::Text, date), "November 27, 5:00 AM EST");
        assert_eq!(render(Form::Text, r#"{{ "25.00" | money(currency="USD") }}"#), "$25");
        assert_eq!(render(Form::Text, r#"{{ "19.9" | money(currency="CHF") }}"#), "CHF 19.90");
        assert_eq!(render(Form::Text, r#"{{ "30.0" | percent }}"#), "30%");
        let day = r#"{{ "2026-11-27T02:00:00Z" | date(style="weekday") }}"#;
        assert_eq!(render(Form::Text, day), "Thursday, November 26");
        let groups = r#"{% for k, g in rows | group_by(attribute="k") %}{{ k }}{{ g | length }} {% endfor %}"#;
        assert_eq!(render(Form::Text, groups), "b2 a1 ");
    }

    #[test]
    fn markdown_holds_no_tags_and_no_links_of_its_own() {
        let html = render(Form::Html, "{{ terms | markdown }}");
        assert_eq!(
            html,
            "<p><strong>Bold</strong> &lt;script&gt;</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>"
        );
        assert_eq!(render(Form::Text, "{{ terms | markdown }}"), "Bold <script>\n\n- one\n- two");
    }
}
