//! What the parameters of a link were, from nothing but its recorded URL.

use crate::address::split;
use crate::source::{Documents, PARAMETERS};
use crate::wrapper::{Profile, unwrap_any};

/// The tracking parameters of a URL that throughline.lock holds, also where a network wraps it.
pub fn recorded_params(documents: &Documents, url: &str) -> Vec<(&'static str, String)> {
    if url.is_empty() {
        return Vec::new();
    }
    let profiles: Vec<&Profile> =
        documents.wrapper_names().into_iter().filter_map(|name| documents.wrapper(name)).collect();
    let unwrapping = unwrap_any(&profiles, url);
    let carried = unwrapping.layers.iter().flat_map(|layer| &layer.unwrapped.pairs);
    let innermost =
        unwrapping.layers.last().map_or(url, |layer| layer.unwrapped.destination.as_str());
    let parts = split(innermost);
    let written = parts.params.iter().map(|param| (&*param.name, &*param.value));
    let pairs: Vec<(&str, &str)> =
        carried.map(|(name, value)| (name.as_str(), value.as_str())).chain(written).collect();
    let value = |wanted: &str| pairs.iter().find(|(name, _)| *name == wanted);
    PARAMETERS.iter().filter_map(|name| Some((*name, value(name)?.1.to_owned()))).collect()
}
