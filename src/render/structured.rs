//! What machines are told of an offer: JSON-LD for search engines and for Gmail's promotions.
//!
//! Every value comes from the record. A node that lacks what its readers require is left out, and
//! where none is left nothing is printed. Amounts are texts, instants have an offset.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::artifact::AssetUrls;
use crate::graph::Form;

/// Registers the functions that write whole script elements.
pub(super) fn register(tera: &mut Tera, form: Form, assets: &Arc<AssetUrls>) {
    let known = Arc::clone(assets);
    tera.register_function(
        "offer_json_ld",
        move |_: Kwargs, state: &State<'_>| -> TeraResult<Value> {
            in_html(form)?;
            Ok(script(offer_node(state, &known)?.into_iter().collect()))
        },
    );
    let known = Arc::clone(assets);
    tera.register_function(
        "promotion_json_ld",
        move |kwargs: Kwargs, state: &State<'_>| -> TeraResult<Value> {
            in_html(form)?;
            Ok(script(promotion_nodes(&kwargs, state, &known)?))
        },
    );
}

fn in_html(form: Form) -> TeraResult<()> {
    if form == Form::Html {
        return Ok(());
    }
    Err(Error::message("JSON-LD is a script element, which stands in HTML only"))
}

/// The element, in which nothing can end it or begin another.
fn script(nodes: Vec<Json>) -> Value {
    let document = match <[Json; 1]>::try_from(nodes) {
        Ok([one]) => one,
        Err(nodes) if nodes.is_empty() => return Value::safe_string(""),
        Err(nodes) => Json::Array(nodes),
    };
    let text = document
        .to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029");
    Value::safe_string(&format!("<script type=\"application/ld+json\">{text}</script>"))
}

/// A field of a row that is not empty.
fn field<'v>(row: Option<&'v Value>, name: &'v str) -> Option<&'v str> {
    row?.get_from_path(name)?.as_str().filter(|text| !text.trim().is_empty())
}

/// A node under construction: what is not there is left out.
struct Node(Map<String, Json>);

impl Node {
    fn new(context: Option<&str>, kind: &str) -> Self {
        let mut node = Self(Map::new());
        node.put("@context", context);
        node.put("@type", Some(kind));
        node
    }

    fn put(&mut self, name: &str, value: Option<impl Into<Json>>) {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), value.into());
        }
    }

    fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.0.contains_key(*name))
    }

    fn finish(self) -> Json {
        Json::Object(self.0)
    }
}

const SCHEMA: &str = "https://schema.org";

/// schema.org's Offer for a page of ours, while it is live.
fn offer_node(state: &State<'_>, assets: &AssetUrls) -> TeraResult<Option<Json>> {
    let get = |name: &str| state.get::<Value>(name);
    let (offer, partner, partners) = (get("offer")?, get("partner")?, get("partners")?);
    let page = get("page")?;
    let (offer, page) = (offer.as_ref(), page.as_ref());
    if field(page, "form") != Some("live") {
        return Ok(None);
    }
    let mut node = Node::new(Some(SCHEMA), "Offer");
    node.put("url", field(page, "url"));
    node.put("name", field(offer, "title"));
    node.put("description", field(offer, "body"));
    let image = field(offer, "image").and_then(|path| assets.url(path));
    node.put("image", image);
    node.put("availability", Some("https://schema.org/InStock"));
    node.put("validFrom", field(offer, "effective_from"));
    node.put("validThrough", field(offer, "effective_to"));
    let currency = field(offer, "currency");
    if let (Some(price), Some(currency)) = (field(offer, "price"), currency) {
        node.put("price", Some(price));
        node.put("priceCurrency", Some(currency));
    }
    if let (Some(least), Some(currency)) = (field(offer, "min_spend"), currency) {
        let volume = json!({
            "@type": "PriceSpecification", "minPrice": least, "priceCurrency": currency
        });
        node.put("eligibleTransactionVolume", Some(volume));
    }
    let members = partners.as_ref().and_then(Value::as_array).unwrap_or_default();
    let one = partner.as_ref().filter(|_| members.is_empty());
    let sellers: Vec<Json> = one.into_iter().chain(members).filter_map(seller).collect();
    node.put("seller", (!sellers.is_empty()).then_some(sellers));
    let whole = node.has(&["url", "name", "validFrom", "validThrough", "seller"]);
    Ok(whole.then(|| node.finish()))
}

fn seller(partner: &Value) -> Option<Json> {
    let mut node = Node::new(None, "Organization");
    node.put("name", field(Some(partner), "name"));
    node.put("legalName", field(Some(partner), "legal_name"));
    node.has(&["name"]).then(|| node.finish())
}

/// Gmail shows at most so many cards.
const MOST_CARDS: usize = 10;

/// What Gmail shows of a mail in its promotions: who sends it, the first deal, a card for each.
fn promotion_nodes(
    kwargs: &Kwargs,
    state: &State<'_>,
    assets: &AssetUrls,
) -> TeraResult<Vec<Json>> {
    let mut nodes = Vec::new();
    let mut sender = Node::new(Some("http://schema.org/"), "Organization");
    if let Some(path) = kwargs.get::<&str>("logo")? {
        let url = assets.url(path);
        let url = url.ok_or_else(|| Error::message(format!("there is no file `assets/{path}`")))?;
        sender.put("logo", Some(url));
        nodes.push(sender.finish());
    }
    let slots = state.get::<Value>("slots")?;
    let slots = slots.as_ref().and_then(Value::as_array).unwrap_or_default();
    let (offer, links) = (state.get::<Value>("offer")?, state.get::<Value>("links")?);
    let mut deals: Vec<(Option<&Value>, Option<&Value>)> = slots
        .iter()
        .map(|slot| (slot.get_from_path("offer"), slot.get_from_path("links")))
        .collect();
    if deals.is_empty() {
        deals.push((offer.as_ref(), links.as_ref()));
    }
    nodes.extend(deals.first().and_then(|(offer, _)| discount(*offer)));
    nodes.extend(cards(&deals, assets));
    Ok(nodes)
}

fn discount(offer: Option<&Value>) -> Option<Json> {
    let mut node = Node::new(Some("http://schema.org/"), "DiscountOffer");
    node.put("description", field(offer, "title"));
    node.put("discountCode", field(offer, "code"));
    node.put("availabilityStarts", field(offer, "effective_from"));
    node.put("availabilityEnds", field(offer, "effective_to"));
    let whole = node.has(&["description", "availabilityStarts", "availabilityEnds"]);
    whole.then(|| node.finish())
}

/// Cards whose pictures have one of Gmail's ratios, the same in each, and none of them twice.
fn cards(deals: &[(Option<&Value>, Option<&Value>)], assets: &AssetUrls) -> Vec<Json> {
    let mut shown: Vec<&str> = Vec::new();
    let mut common: Option<Ratio> = None;
    let mut nodes = Vec::new();
    for (offer, links) in deals {
        let picture = field(*offer, "image")
            .and_then(|path| Some((path, Ratio::of(assets.picture_size(path)?)?)));
        let Some((path, ratio)) = picture else { continue };
        let fits = *common.get_or_insert(ratio) == ratio && !shown.contains(&path);
        if !fits || nodes.len() == MOST_CARDS {
            continue;
        }
        let mut node = Node::new(Some("http://schema.org/"), "PromotionCard");
        node.put("image", assets.url(path));
        node.put("url", field(*links, "cta.url"));
        node.put("headline", field(*offer, "title"));
        if let (Some(price), Some(currency)) = (field(*offer, "price"), field(*offer, "currency")) {
            node.put("price", Some(price));
            node.put("priceCurrency", Some(currency));
        }
        if !node.has(&["image", "url", "headline"]) {
            continue;
        }
        shown.push(path);
        node.put("position", Some(nodes.len() + 1));
        nodes.push(node.finish());
    }
    nodes
}

/// The ratios of width to height that Gmail takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ratio {
    Portrait,
    Square,
    Wide,
}

impl Ratio {
    /// The ratio of a picture, within a hundredth.
    fn of((width, height): (u32, u32)) -> Option<Self> {
        let (width, height) = (u64::from(width), u64::from(height));
        let near = |times: u64, of: u64| (width * of).abs_diff(height * times) * 100 <= width * of;
        if near(1, 1) {
            Some(Self::Square)
        } else if near(4, 5) {
            Some(Self::Portrait)
        } else if near(191, 100) {
            Some(Self::Wide)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_gmail() {
        let of = |width, height| Ratio::of((width, height)).map(|one| one as usize);
        assert_eq!([of(600, 600), of(480, 600), of(1200, 630)], [Some(1), Some(0), Some(2)]);
        assert_eq!([of(1200, 628), of(620, 600), of(640, 360)], [Some(2), None, None]);
    }

    #[test]
    fn nothing_in_a_script_can_end_it() {
        let evil = json!({"a": "</script><!--&\u{2028}"});
        let text = script(vec![evil.clone()]).to_string();
        let inside = text.strip_prefix("<script type=\"application/ld+json\">").unwrap();
        let inside = inside.strip_suffix("</script>").unwrap();
        assert!(!inside.contains(['<', '>', '&', '\u{2028}']), "{inside}");
        assert_eq!(serde_json::from_str::<Json>(inside).unwrap(), evil);
        assert_eq!(script(Vec::new()).to_string(), "");
    }
}
