//! `ga4`: which channel Google Analytics files a visit under, which rule says so, and what would
//! change it. Needs no workspace, but listens to one.

use std::borrow::Cow;
use std::path::Path;

use anyhow::Result;
use clap::{ArgGroup, Args};
use serde_json::{Value, json};

use super::console::Console;
use super::exit::Exit;
use crate::address::split;
use crate::diag::{Diagnostics, did_you_mean};
use crate::ga4::{
    OwnSources, Prediction, Visit, channel, channels, edition, how_to_reach, predict,
};
use crate::load::load;
use crate::source::{TAXONOMY, read_taxonomy};
use crate::wrapper::{built_in, built_in_names, unwrap_any};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("asked").required(true).multiple(true)))]
pub(super) struct Ga4Args {
    /// A tracked URL, also inside a network's
    #[arg(group = "asked")]
    pub(super) url: Option<String>,

    /// The value of `utm_source`, instead of the URL's
    #[arg(long, value_name = "VALUE", group = "asked")]
    pub(super) source: Option<String>,

    /// The value of `utm_medium`, instead of the URL's
    #[arg(long, value_name = "VALUE", group = "asked")]
    pub(super) medium: Option<String>,

    /// The value of `utm_campaign`, instead of the URL's
    #[arg(long, value_name = "VALUE")]
    pub(super) campaign: Option<String>,

    /// End with 1 unless it is this channel, and say what to change
    #[arg(long, value_name = "CHANNEL")]
    pub(super) expect: Option<String>,
}

pub(super) const EXAMPLES: &str = "\
The rules are Google's default channel group, as of the edition that is shown. The first rule that
holds decides, and the campaign's name counts too: `shop` in it beats `email`.

Examples:
  throughline ga4 'https://…/?utm_source=newsletter&utm_medium=email&utm_campaign=spring-shop'
  throughline ga4 --source meta --medium paid_social --expect 'Paid Social'
  throughline ga4 'https://…' --medium affiliate       what if the medium were another?

Exit codes: 0 done; 1 another channel than the expected one; 2 wrong command line.";

/// What GA4 reads of a link, as given.
struct Asked {
    source: String,
    medium: String,
    campaign: String,
    /// Google's own click id, which GA4 believes before it believes parameters.
    has_click_id: bool,
}

pub(super) fn run(root: &Path, args: &Ga4Args, console: &mut Console) -> Result<Exit> {
    let expected = match args.expect.as_deref().map(|name| (name, channel(name))) {
        Some((name, None)) => {
            let help = did_you_mean(name, channels()).map(|help| format!("; {help}"));
            let help = help.unwrap_or_default();
            console.error(&format!("GA4 has no channel `{name}`{help}"));
            return Ok(Exit::Usage);
        }
        Some((_, found)) => found,
        None => None,
    };
    let asked = asked(args);
    if asked.source.is_empty() && asked.medium.is_empty() {
        console.error(
            "there is no utm_source and no utm_medium: GA4 goes by the page that a visitor comes \
             from; `throughline explain` finds the link of a short URL",
        );
        return Ok(Exit::Findings);
    }
    let own = own_sources(root);
    let Asked { source, medium, campaign, .. } = &asked;
    let visit = Visit { source, medium, campaign, own: &own };
    let prediction = predict(visit);
    let help = expected.and_then(|expected| how_to_reach(expected, visit));
    let is_as_expected = expected.is_none_or(|expected| expected == prediction.channel);
    if console.format.is_json() {
        let mut object = as_json(&prediction);
        if let Some(object) = object.as_object_mut() {
            object.insert("kind".into(), json!("ga4"));
            object.insert("source".into(), json!(asked.source));
            object.insert("medium".into(), json!(asked.medium));
            object.insert("campaign".into(), json!(asked.campaign));
            object.insert("category".into(), json!(prediction.category));
            object.insert("overruling".into(), json!(prediction.overruling()));
            object.insert("expected".into(), json!(expected));
            object.insert("as_expected".into(), json!(expected.map(|_| is_as_expected)));
            object.insert("help".into(), json!(help));
        }
        console.line(&object.to_string())?;
    } else {
        print(&asked, &prediction, console)?;
        if let Some(expected) = expected {
            let verdict = if is_as_expected { "as expected" } else { "expected another" };
            console.line(&format!("verdict    {verdict}: {expected}"))?;
        }
        if let Some(help) = help {
            console.line(&format!("help       {help}"))?;
        }
        if asked.has_click_id {
            console.note(
                "note: the URL has Google's click id: where auto-tagging is on, GA4 goes by the ad \
                 and not by these parameters",
            );
        }
    }
    Ok(if is_as_expected { Exit::Done } else { Exit::Findings })
}

/// What the workspace, where there is one, knows of sources.
fn own_sources(root: &Path) -> OwnSources {
    // What is wrong in it is for `check` to say.
    let mut found = Diagnostics::new();
    let inputs = load(root, &mut found);
    let taxonomy = inputs.workspace.and_then(|_| {
        let mut files = inputs.sources.iter();
        let (id, file) = files.find(|(_, file)| file.path.as_str() == TAXONOMY)?;
        read_taxonomy(&file.text, id, file.content_start(), &mut found)
    });
    taxonomy.map(|taxonomy| taxonomy.ga4_sources).unwrap_or_default()
}

/// What a URL says, under what the options say.
fn asked(args: &Ga4Args) -> Asked {
    let profiles: Vec<_> = built_in_names().filter_map(built_in).collect();
    let given = args.url.as_deref().unwrap_or("").trim();
    let unwrapped = unwrap_any(&profiles, given);
    let inner = unwrapped.layers.last().map(|layer| layer.unwrapped.destination.as_str());
    let parts = split(inner.unwrap_or(given));
    let value = |option: &Option<String>, name: &str| match option {
        Some(value) => value.clone(),
        None => parts
            .param(name)
            .map_or(Cow::Borrowed(""), |param| param.form_value.clone())
            .into_owned(),
    };
    Asked {
        source: value(&args.source, "utm_source"),
        medium: value(&args.medium, "utm_medium"),
        campaign: value(&args.campaign, "utm_campaign"),
        has_click_id: ["gclid", "dclid", "gbraid", "wbraid"]
            .iter()
            .any(|name| parts.param(name).is_some()),
    }
}

/// A prediction, as every command gives it.
pub(super) fn as_json(prediction: &Prediction<'_>) -> Value {
    json!({
        "channel": prediction.channel,
        "rule": prediction.rule,
        "condition": prediction.condition,
        "because": prediction.to_string(),
        "edition": edition(),
    })
}

/// A prediction in a line.
pub(super) fn in_a_line(prediction: &Prediction<'_>) -> String {
    let overruling = prediction.overruling().map(|said| format!("; {said}")).unwrap_or_default();
    match prediction.rule {
        0 => format!("{}: {prediction}{overruling}", prediction.channel),
        rule => format!("{}, by rule {rule}: {prediction}{overruling}", prediction.channel),
    }
}

fn print(asked: &Asked, prediction: &Prediction<'_>, console: &mut Console) -> Result<()> {
    console.line(&format!("channel    {}", prediction.channel))?;
    if prediction.rule == 0 {
        console.line("rule       none holds")?;
    } else {
        console.line(&format!("rule       {}: {}", prediction.rule, prediction.condition))?;
    }
    console.line(&format!("because    {prediction}"))?;
    let listed = prediction
        .overruling()
        .or_else(|| Some(format!("GA4 lists it as {}", prediction.category?)))
        .map(|said| format!("  ({said})"));
    console.line(&format!("source     {}{}", shown(&asked.source), listed.unwrap_or_default()))?;
    console.line(&format!("medium     {}", shown(&asked.medium)))?;
    console.line(&format!("campaign   {}", shown(&asked.campaign)))?;
    console.line(&format!("edition    {}, Google's default channel group", edition()))?;
    Ok(())
}

fn shown(value: &str) -> &str {
    if value.is_empty() { "-" } else { value }
}
