//! Words that rows are made of, and the dice that choose among them.

/// A linear congruential generator with Knuth's constants: alike on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The upper bits; the lower ones of such a generator repeat soon.
    pub(crate) fn byte(&mut self) -> u8 {
        let factor = 6_364_136_223_846_793_005;
        self.0 = self.0.wrapping_mul(factor).wrapping_add(1_442_695_040_888_963_407);
        self.0.to_be_bytes().first().copied().unwrap_or(0)
    }

    /// A number below a bound of at most 256.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) * bound / 256
    }

    pub(crate) fn pick(&mut self, words: &[&str]) -> String {
        let at = self.below(words.len());
        words.get(at).copied().unwrap_or_default().to_owned()
    }
}

/// What an offer gives: its mechanic and value.
pub(crate) fn benefit(dice: &mut Dice) -> (&'static str, String) {
    match dice.below(8) {
        0..=2 => ("pct_off", (10 + 5 * dice.below(9)).to_string()),
        3 => ("amount_off", format!("{}.{}", 5 + 5 * dice.below(12), dice.pick(&["00", "50"]))),
        4 => ("cashback", (2 + dice.below(14)).to_string()),
        5 => ("bogo", String::new()),
        6 => ("gift", String::new()),
        _ => ("free_ship", String::new()),
    }
}

/// Two sentences for an offer's body.
pub(crate) fn sentences(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(&WHAT), dice.pick(&WHY))
}

// Apostrophes, ampersands, quotes and commas are here so that escaping and quoting have work to do.

pub(crate) const FIRST_NAMES: [&str; 24] = [
    "Amber", "Birch", "Cedar", "Dover", "Ember", "Fisher's", "Grove", "Harbor", "Iris", "Juniper",
    "Kestrel", "Linden", "Marlowe", "Nettle", "Orchard", "Pine", "Quarry", "Rowan", "Saltmere",
    "Thistle", "Umber", "Vesper", "Willow", "Yarrow",
];

pub(crate) const LAST_NAMES: [&str; 24] = [
    "& Bloom",
    "& Daughters",
    "Apothecary",
    "Bakehouse",
    "Coffee",
    "Cycles",
    "Denim",
    "Electric",
    "Foundry",
    "Glassworks",
    "Goods",
    "House",
    "Kitchen",
    "Leather",
    "Mercantile",
    "Outfitters",
    "Paper",
    "Pottery",
    "Provisions",
    "Sound",
    "Studio",
    "Supply",
    "Textiles",
    "Works",
];

pub(crate) const QUALITIES: [&str; 12] = [
    "Hand-finished",
    "Limited",
    "New-season",
    "Quiet",
    "Recycled",
    "Small-batch",
    "Soft",
    "Sturdy",
    "Warm",
    "Washed",
    "Well-made",
    "Winter",
];

pub(crate) const THINGS: [&str; 16] = [
    "bath oils",
    "blankets",
    "boots",
    "chocolate",
    "coats",
    "cookware",
    "desk lamps",
    "headphones",
    "journals",
    "knitwear",
    "lanterns",
    "packs",
    "pour-over sets",
    "scarves",
    "serums",
    "speakers",
];

pub(crate) const OCCASIONS: [&str; 8] = [
    "for cold mornings",
    "for long evenings",
    "for the first frost",
    "for the road",
    "for small spaces",
    "for two",
    "to give away",
    "you'll keep",
];

const WHAT: [&str; 8] = [
    "The whole winter range, from the first piece to the last.",
    "Pick any two, and the second one is easier to justify.",
    "Made in small runs, so sizes and colors go quickly.",
    "A favorite of members, back in stock for one week.",
    "Everything on the shelf called \"slow goods\", online and in the shop.",
    "This season's colors, and last season's at the same price.",
    "Chosen by the people who make it, not by an algorithm.",
    "The set that everyone asks for, boxed & ready to give.",
];

const WHY: [&str; 8] = [
    "It ships within two days and comes with a real return label.",
    "No minimum, no membership fee, no second page of conditions.",
    "Repairs are free for the first five years.",
    "The price is taken off in the basket, before tax.",
    "Good for gifts, better for yourself.",
    "Ask the shop's own staff if you're unsure about size or fit.",
    "While stocks last: what is gone is not made again this year.",
    "Every order plants a hedge, and you can look up where.",
];

pub(crate) const CALLS: [&str; 6] = [
    "Claim the offer",
    "Find yours",
    "Open the offer",
    "See the range",
    "Shop the range",
    "Take a look",
];

pub(crate) const EXCLUSIONS: [&str; 5] = [
    "",
    "",
    "Gift cards and refills are not included.",
    "Not valid on items marked \"final sale\".",
    "Excludes limited editions, collaborations & delivery charges.",
];

pub(crate) const SHELVES: [&str; 5] = ["collections", "gifts", "new-in", "offers", "winter"];
