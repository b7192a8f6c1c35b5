//! What templates may ask of pictures: addresses and sizes, and texts that fit their place.

use std::sync::Arc;

use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use super::filters::no_asset;
use crate::artifact::{AssetUrls, MadePicture, PictureSubject};
use crate::graph::Form;
use crate::picture::{Lines, REGULAR_FAMILY, fit};

/// Registers the functions and filters of one form.
pub(super) fn register(tera: &mut Tera, form: Form, assets: &Arc<AssetUrls>) {
    let known = Arc::clone(assets);
    tera.register_function("image_url", move |kwargs: Kwargs, _: &State<'_>| {
        image_url(&known, form, &kwargs)
    });
    let known = Arc::clone(assets);
    tera.register_function("image_size", move |kwargs: Kwargs, _: &State<'_>| {
        image_size(&known, &kwargs)
    });
    let known = Arc::clone(assets);
    tera.register_function("picture", move |kwargs: Kwargs, state: &State<'_>| {
        picture(&known, &kwargs, state)
    });
    let known = Arc::clone(assets);
    tera.register_filter("fit_text", move |text: &str, kwargs: Kwargs, _: &State<'_>| {
        fit_text(&known, text, &kwargs)
    });
    if form == Form::Svg {
        let known = Arc::clone(assets);
        tera.register_function("asset_url", move |kwargs: Kwargs, _: &State<'_>| {
            let path = kwargs.must_get::<&str>("path")?;
            known.url(path).ok_or_else(|| no_asset(&known, path))?;
            inner_address(&known, path, None)
        });
    }
}

/// How an SVG that is drawn here names a picture, which is never published: with its digest, so
/// that the text of the SVG says all that is drawn.
fn inner_address(assets: &AssetUrls, path: &str, width: Option<u32>) -> TeraResult<String> {
    let digest = assets.images().digest(path).ok_or_else(|| no_asset(assets, path))?;
    let width = width.map(|width| format!("&width={width}")).unwrap_or_default();
    Ok(format!("assets/{path}?sha256={digest}{width}"))
}

/// The path and the width in such a name. Names that a template wrote by hand are none.
pub(super) fn read_inner_address(address: &str) -> Option<(&str, Option<u32>)> {
    let (path, rest) = address.strip_prefix("assets/")?.split_once("?sha256=")?;
    match rest.split_once("&width=") {
        Some((_, width)) => Some((path, Some(width.parse().ok()?))),
        None => Some((path, None)),
    }
}

/// `image_url(path=…, width=…)`: a picture no wider than that.
fn image_url(assets: &AssetUrls, form: Form, kwargs: &Kwargs) -> TeraResult<String> {
    let path = kwargs.must_get::<&str>("path")?;
    let width = kwargs.must_get::<u32>("width")?;
    let url = assets.images().url(path, width).ok_or_else(|| no_asset(assets, path))?;
    let url = url.map_err(Error::message)?;
    if form == Form::Svg { inner_address(assets, path, Some(width)) } else { Ok(url) }
}

/// `image_size(path=…, width=…)`: its width and height, for `<img>`.
fn image_size(assets: &AssetUrls, kwargs: &Kwargs) -> TeraResult<Value> {
    let path = kwargs.must_get::<&str>("path")?;
    let width = kwargs.get::<u32>("width")?;
    let size = assets.images().size(path, width).ok_or_else(|| no_asset(assets, path))?;
    let size = size.map_err(Error::message)?;
    Ok(map([("width", Value::from(size.width)), ("height", Value::from(size.height))]))
}

/// `picture(name="og")`: what an image recipe of the channel made for the placement or the asset.
fn picture(assets: &AssetUrls, kwargs: &Kwargs, state: &State<'_>) -> TeraResult<Value> {
    let name = kwargs.must_get::<&str>("name")?;
    let id = |entity: &str| -> TeraResult<String> {
        let value = state.get::<Value>(entity)?;
        let id = value.as_ref().and_then(|value| value.get_from_path("id"));
        Ok(id.and_then(Value::as_str).unwrap_or_default().to_owned())
    };
    let placement = match kwargs.get::<&str>("placement")? {
        Some(given) => given.to_owned(),
        None => id("placement")?,
    };
    let subject = PictureSubject { campaign: id("campaign")?, asset: id("asset")?, placement };
    let made = assets.images().made(&subject, name).unwrap_or_default();
    let Some(first) = made.first() else {
        let whose = if subject.placement.is_empty() { &subject.asset } else { &subject.placement };
        return Err(Error::message(format!(
            "no image recipe with `name = \"{name}\"` made a picture for `{whose}`"
        )));
    };
    let files: Vec<Value> = made.iter().map(|one| map(fields(one))).collect();
    Ok(map(fields(first).into_iter().chain([("files", Value::from(files))])))
}

fn fields(picture: &MadePicture) -> [(&'static str, Value); 5] {
    [
        ("url", Value::from(picture.url.as_str())),
        ("width", Value::from(picture.size.width)),
        ("height", Value::from(picture.size.height)),
        ("media_type", Value::from(picture.media_type)),
        ("bytes", Value::from(picture.bytes as u64)),
    ]
}

/// `fit_text(width=…, sizes=[…], lines=…, weight=…)`: the text in lines, at the largest size at
/// which it fits.
fn fit_text(assets: &AssetUrls, text: &str, kwargs: &Kwargs) -> TeraResult<Value> {
    let sizes = kwargs.must_get::<Vec<f64>>("sizes")?;
    let place = Lines {
        width: kwargs.must_get::<f64>("width")?,
        lines: kwargs.get::<usize>("lines")?.unwrap_or(1),
        font_sizes: &sizes,
        family: kwargs.get::<&str>("family")?.unwrap_or(REGULAR_FAMILY),
        weight: kwargs.get::<u16>("weight")?.unwrap_or(400),
        letter_spacing: kwargs.get::<f64>("letter_spacing")?.unwrap_or(0.0),
    };
    let fitted = fit(assets.images().fonts(), text, &place)
        .map_err(|fault| Error::message(fault.message()))?;
    if fitted.too_long > 0 {
        return Err(Error::message(overflow(text, fitted.too_long, &place)));
    }
    let lines: Vec<Value> = fitted.lines.iter().map(|line| Value::from(line.as_str())).collect();
    Ok(map([
        ("font_size", Value::from(fitted.font_size)),
        ("lines", Value::from(lines)),
        ("width", Value::from(fitted.width.ceil())),
    ]))
}

const TOO_LONG: &str = " too long for its place: ";

fn overflow(text: &str, too_long: usize, place: &Lines<'_>) -> String {
    let letters = if too_long == 1 { "character" } else { "characters" };
    let lines = if place.lines == 1 { "line" } else { "lines" };
    let Lines { lines: count, width, .. } = place;
    format!("`{text}` is {too_long} {letters}{TOO_LONG}{count} {lines} of {width} pixels")
}

/// The text that a message of [`fit_text`] is about.
pub(super) fn overflowing_text(message: &str) -> Option<&str> {
    let (head, _) = message.rsplit_once(TOO_LONG)?;
    let (text, _) = head.rsplit_once("` is ")?;
    text.split_once('`').map(|(_, text)| text)
}

fn map<'k>(pairs: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    let map: Map = pairs.into_iter().map(|(key, value)| (key.to_owned().into(), value)).collect();
    Value::from(map)
}
