//! What to switch off at the sender, so that nobody writes into a finished mail. Must not know
//! mails: this is data, by dialect.

use serde::Serialize;

use crate::dialect::Dialect;

/// A setting of a mail sender that would change the mail or its links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Switch {
    /// What the sender calls it.
    pub setting: &'static str,
    /// What it does otherwise.
    pub why: &'static str,
}

const fn switch(setting: &'static str, why: &'static str) -> Switch {
    Switch { setting, why }
}

const TAGGED_TWICE: &str = "adds its own utm parameters to links that have them already";

const MAILCHIMP: [Switch; 3] = [
    switch("Google Analytics link tracking", TAGGED_TWICE),
    switch(
        "automatic footer",
        "is forced onto a mail without *|UNSUB|* and a postal address; write both into the template",
    ),
    switch("automatic plain text", "takes the place of the plain text that belongs to this mail"),
];
const KLAVIYO: [Switch; 2] = [
    switch(
        "UTM tracking (Settings, UTM tracking: automatically add UTM parameters)",
        "sets utm_source and utm_medium for the whole account, and adds _kx",
    ),
    switch(
        "automatic unsubscribe link",
        "is put below a mail without {% unsubscribe %}; write one into the template",
    ),
];
const BRAZE: [Switch; 1] = [switch("link templates with utm parameters", TAGGED_TWICE)];
const SFMC: [Switch; 2] = [
    switch("Web Analytics Connector and the Google Analytics parameter manager", TAGGED_TWICE),
    switch("automatic text version", "takes the place of the plain text that belongs to this mail"),
];
const ADOBE_CAMPAIGN: [Switch; 1] =
    [switch("web tracking formulas that add utm parameters", TAGGED_TWICE)];
const ADOBE_JOURNEY: [Switch; 1] =
    [switch("URL tracking parameters of the channel configuration", TAGGED_TWICE)];
const ITERABLE: [Switch; 1] = [switch("link parameters of the campaign (utm)", TAGGED_TWICE)];
const SENDGRID: [Switch; 2] = [
    switch("Google Analytics (tracking settings)", TAGGED_TWICE),
    switch("subscription tracking", "writes an unsubscribe footer below the mail"),
];

/// What to switch off where mails of a dialect are sent.
pub const fn switches(dialect: Dialect) -> &'static [Switch] {
    match dialect {
        Dialect::Mailchimp => &MAILCHIMP,
        Dialect::Klaviyo => &KLAVIYO,
        Dialect::Braze => &BRAZE,
        Dialect::Sfmc => &SFMC,
        Dialect::AdobeCampaign => &ADOBE_CAMPAIGN,
        Dialect::AdobeJourney => &ADOBE_JOURNEY,
        Dialect::Iterable => &ITERABLE,
        Dialect::SendGrid => &SENDGRID,
        Dialect::GoogleAds
        | Dialect::Sa360
        | Dialect::Meta
        | Dialect::TikTok
        | Dialect::Pinterest
        | Dialect::MicrosoftAds
        | Dialect::Plain => &[],
    }
}
