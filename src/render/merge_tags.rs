//! Functions that write the merge tags of a channel's mail sender.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::fault::coded;
use crate::diag::{Code, did_you_mean};
use crate::dialect::write as written;
use crate::graph::Form;
use crate::source::{Channel, Esp, Tag};

/// The merge tags of each channel that has a mail sender.
pub(super) type MergeTags = BTreeMap<String, Esp>;

/// The functions and the name that each asks for.
const ADDRESSES: [&str; 3] = written::ADDRESSES;

/// Collects what the channels declare.
pub(super) fn merge_tags(channels: &[Channel]) -> MergeTags {
    let with = channels.iter().filter_map(|one| Some((one.id.to_string(), one.esp.clone()?)));
    with.collect()
}

/// Registers the functions; what they write is a tag and no text, so nothing escapes it.
pub(super) fn register(tera: &mut Tera, form: Form, tags: &Arc<MergeTags>) {
    let all = Arc::clone(tags);
    tera.register_function("esp", move |kwargs: Kwargs, state: &State<'_>| -> TeraResult<Value> {
        let name = kwargs.must_get::<&str>("tag")?;
        let default = kwargs.get::<&str>("default")?;
        let text = field(esp_of(&all, state)?, name, default, form)?;
        Ok(Value::safe_string(&text))
    });
    let all = Arc::clone(tags);
    tera.register_function(
        "esp_if",
        move |kwargs: Kwargs, state: &State<'_>| -> TeraResult<Value> {
            let name = kwargs.must_get::<&str>("tag")?;
            let esp = esp_of(&all, state)?;
            match tag_of(esp, name)? {
                Tag::Name(own) => Ok(Value::safe_string(&written::open(esp.dialect, own))),
                Tag::Whole(text) => Err(whole(name, text, "cannot be asked about")),
            }
        },
    );
    let all = Arc::clone(tags);
    tera.register_function("esp_else", move |_: Kwargs, state: &State<'_>| -> TeraResult<Value> {
        Ok(Value::safe_string(written::middle(esp_of(&all, state)?.dialect)))
    });
    let all = Arc::clone(tags);
    tera.register_function("esp_endif", move |_: Kwargs, state: &State<'_>| -> TeraResult<Value> {
        Ok(Value::safe_string(written::close(esp_of(&all, state)?.dialect)))
    });
    for name in ADDRESSES {
        let all = Arc::clone(tags);
        tera.register_function(name, move |_: Kwargs, state: &State<'_>| -> TeraResult<Value> {
            match tag_of(esp_of(&all, state)?, name)? {
                Tag::Whole(text) | Tag::Name(text) => Ok(Value::safe_string(text)),
            }
        });
    }
}

fn field(esp: &Esp, name: &str, default: Option<&str>, form: Form) -> TeraResult<String> {
    let own = match tag_of(esp, name)? {
        Tag::Whole(text) if default.is_some() => {
            return Err(whole(name, text, "takes no default"));
        }
        Tag::Whole(text) => return Ok(text.to_owned()),
        Tag::Name(own) => own,
    };
    let Some(default) = default else { return Ok(written::field(esp.dialect, own, None)) };
    if let Some(sign) = written::bad_default(default) {
        let sign =
            if sign.is_control() { "a control character".to_owned() } else { format!("`{sign}`") };
        let message = format!("the default of `{name}` holds {sign}, which merge tags cannot");
        return Err(coded(
            Code::BadMergeTag,
            &message,
            "write it without quotes, braces and the like",
        ));
    }
    let default = if form == Form::Html { entities(default) } else { default.to_owned() };
    Ok(written::field(esp.dialect, own, Some(&default)))
}

/// Letters outside ASCII as numeric entities, because HTML of mails is ASCII and nothing may
/// change a tag afterwards.
fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for one in text.chars() {
        if one.is_ascii() {
            out.push(one);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "&#{};", u32::from(one));
        }
    }
    out
}

fn whole(name: &str, text: &str, what: &str) -> Error {
    let message = format!("`{name}` is the whole merge tag `{text}` and {what}");
    coded(Code::BadMergeTag, &message, "give the sender's own name of it in [esp] of the channel")
}

fn tag_of<'e>(esp: &'e Esp, name: &str) -> TeraResult<Tag<'e>> {
    esp.tag(name).ok_or_else(|| {
        let title = esp.dialect.title();
        let message = if ADDRESSES.contains(&name) {
            format!("{title} has no merge tag for `{name}` that is known")
        } else {
            format!("no merge tag of {title} is known as `{name}`")
        };
        let help = did_you_mean(name, esp.names());
        let help = help.unwrap_or_else(|| format!("add `{name} = …` to [esp] of the channel"));
        coded(Code::UnknownMergeTag, &message, &help)
    })
}

fn esp_of<'t>(all: &'t MergeTags, state: &State<'_>) -> TeraResult<&'t Esp> {
    let Some(channel) = state.get::<Value>("channel")? else {
        return Err(coded(
            Code::NoSender,
            "a component sees no channel, so it is not known who sends",
            "give the component the parameter `@channel`",
        ));
    };
    let id = channel.get_from_path("id").and_then(Value::as_str).unwrap_or("");
    all.get(id).ok_or_else(|| {
        coded(
            Code::NoSender,
            &format!(
                "the channel `{id}` names no mail sender, so nobody would fill in a merge tag"
            ),
            "add `dialect = …` to the channel, such as `dialect = \"klaviyo\"`",
        )
    })
}
