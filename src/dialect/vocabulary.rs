//! The names that ad platforms document, as data. Must not guess: a name that may work is let pass.
//!
//! As of the middle of 2026; a platform that adds a name needs it added here.

use super::bytes::is_word;
use super::platform::Dialect;

/// Google Ads, "Set up tracking with `ValueTrack` parameters"
/// (<https://support.google.com/google-ads/answer/6305348>) and the API's pages on `ValueTrack`
/// (<https://developers.google.com/google-ads/api/docs/reporting/valuetrack-mapping>,
/// <https://developers.google.com/google-ads/api/performance-max/valuetrack>). `gbraid`, `wbraid`,
/// `number_of_nights` and `product_store_id` are in use but not on these pages: let pass.
const GOOGLE_ADS: &[&str] = &[
    "aceid",
    "adgroupid",
    "adposition",
    "adtype",
    "advanced_booking_window",
    "assetgroupid",
    "autotitle",
    "campaignid",
    "campaigntype",
    "creative",
    "date_type",
    "device",
    "devicemodel",
    "escapedlpurl",
    "escapedlpurl+2",
    "escapedlpurl+3",
    "extensionid",
    "feeditemid",
    "gbraid",
    "gclid",
    "hotel_adtype",
    "hotel_id",
    "hotel_partition_id",
    "hotelcenter_id",
    "idfa",
    "ifauto",
    "ifautolp",
    "ifcontent",
    "iflia",
    "ifmobile",
    "ifnotmobile",
    "ifpla",
    "ifsearch",
    "ignore",
    "keyword",
    "loc_interest_ms",
    "loc_physical_ms",
    "lpurl",
    "lpurl+2",
    "lpurl+3",
    "matchtype",
    "merchant_id",
    "network",
    "number_of_adults",
    "number_of_nights",
    "param1",
    "param2",
    "placement",
    "price_displayed_tax",
    "price_displayed_total",
    "product_channel",
    "product_country",
    "product_feed_label",
    "product_id",
    "product_language",
    "product_partition_id",
    "product_store_id",
    "random",
    "rate_rule_id",
    "sourceid",
    "store_code",
    "target",
    "targetid",
    "travel_end_day",
    "travel_end_month",
    "travel_end_year",
    "travel_start_day",
    "travel_start_month",
    "travel_start_year",
    "unescapedlpurl",
    "user_currency",
    "user_language",
    "wbraid",
    "websitecallmetric",
];

/// Microsoft Advertising, "What tracking or URL parameters can I use?"
/// (<https://help.ads.microsoft.com/#apex/3/en/56799/2>), which says that case does not matter.
const MICROSOFT_ADS: &[&str] = &[
    "AdGroup",
    "AdGroupId",
    "AdId",
    "adtype",
    "advanced_booking_window",
    "BidMatchType",
    "Campaign",
    "CampaignId",
    "copy",
    "CriterionId",
    "date_type",
    "Device",
    "escapedlpurl",
    "escapedlpurl+2",
    "escapedlpurl+3",
    "feeditemid",
    "hotel_adtype",
    "hotel_partition_id",
    "hotelcenter_id",
    "IfMobile",
    "IfNative",
    "IfNotMobile",
    "IfPLA",
    "IfSearch",
    "ignore",
    "keyword",
    "loc_interest_ms",
    "loc_physical_ms",
    "lpurl",
    "lpurl+2",
    "lpurl+3",
    "MatchType",
    "msclkid",
    "Network",
    "number_of_adults",
    "OrderItemId",
    "param1",
    "param2",
    "param3",
    "price_displayed_tax",
    "price_displayed_total",
    "product_channel",
    "product_country",
    "product_language",
    "ProductId",
    "property_id",
    "QueryString",
    "rate_rule_id",
    "seller_name",
    "TargetId",
    "travel_end_day",
    "travel_end_month",
    "travel_end_year",
    "travel_start_day",
    "travel_start_month",
    "travel_start_year",
    "unescapedlpurl",
    "user_currency",
    "user_language",
];

/// Pinterest, "Third-party and dynamic tracking"
/// (<https://help.pinterest.com/en/business/article/third-party-and-dynamic-tracking>) and "Track
/// a collections ad" (<https://help.pinterest.com/en/business/article/track-a-collections-ad>).
const PINTEREST: &[&str] = &[
    "ad_group_id",
    "ad_group_name",
    "ad_id",
    "adgroupid",
    "adgroupname",
    "adid",
    "campaign_id",
    "campaign_name",
    "campaignid",
    "campaignname",
    "click_timestamp",
    "creative_id",
    "creative_name",
    "creativeid",
    "device",
    "device_platform",
    "insertion_id",
    "insertionid",
    "item_id",
    "itemid",
    "keyword",
    "keyword_id",
    "lpurl",
    "organic_url",
    "product_id",
    "product_name",
    "product_partition_id",
    "promoted_product_group_id",
    "publisher",
    "timestamp",
    "unescapedlpurl",
];

/// Meta, "Specifications for dynamic URL parameters"
/// (<https://www.facebook.com/business/help/2360940870872492>): these eight and no more.
const META: &[&str] = &[
    "ad.id",
    "ad.name",
    "adset.id",
    "adset.name",
    "campaign.id",
    "campaign.name",
    "placement",
    "site_source_name",
];

/// `TikTok`, "About UTM parameters"
/// (<https://ads.tiktok.com/help/article/track-offsite-web-events-with-utm-parameters>) and the
/// links of "Third Party Tracking" (<https://ads.tiktok.com/help/article?aid=6669666107177041925>). `CLICKID` and
/// `TS` are in use but not on these pages: let pass.
const TIKTOK: &[&str] = &[
    "ADID_V2",
    "ADID_V2_NAME",
    "AID",
    "AID_NAME",
    "ANDROIDID1",
    "CALLBACK_PARAM",
    "CAMPAIGN_ID",
    "CAMPAIGN_NAME",
    "CID",
    "CID_NAME",
    "CLICKID",
    "CTYPE",
    "GAID",
    "IDFA",
    "IP",
    "OS",
    "PLACEMENT",
    "SL",
    "TS",
    "UA1",
];

/// Search Ads 360, "Use Search Ads 360 macros in URL parameters"
/// (<https://support.google.com/searchads/answer/6048128>): case matters. Not the whole list, so
/// that other names are let pass.
const SA360_STARRED: &[&str] = &["Campaign", "KeywordID"];

/// Names that say nothing without a `:` and a text.
const CONDITIONS: &[&str] = &[
    "copy",
    "ifauto",
    "ifautolp",
    "ifcontent",
    "iflia",
    "ifmobile",
    "ifnative",
    "ifnotmobile",
    "ifpla",
    "ifsearch",
];

/// The platforms that write their names in single braces.
pub(super) const GOOGLE_STYLE: [Dialect; 4] =
    [Dialect::GoogleAds, Dialect::Sa360, Dialect::Pinterest, Dialect::MicrosoftAds];

/// How a name stands to what its platform documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Documented.
    Known,
    /// Documented with other capitals.
    Respelled(&'static str),
    /// Not documented.
    Unknown,
}

/// The names of a platform; none where anybody may make up names.
pub(super) const fn names(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::GoogleAds | Dialect::Sa360 => GOOGLE_ADS,
        Dialect::MicrosoftAds => MICROSOFT_ADS,
        Dialect::Pinterest => PINTEREST,
        Dialect::Meta => META,
        Dialect::TikTok => TIKTOK,
        Dialect::Mailchimp
        | Dialect::Klaviyo
        | Dialect::Braze
        | Dialect::Sfmc
        | Dialect::AdobeCampaign
        | Dialect::AdobeJourney
        | Dialect::Iterable
        | Dialect::SendGrid
        | Dialect::Plain => &[],
    }
}

/// Whether a platform writes its names in single braces.
pub(super) const fn has_single_braces(dialect: Dialect) -> bool {
    matches!(
        dialect,
        Dialect::GoogleAds | Dialect::Sa360 | Dialect::Pinterest | Dialect::MicrosoftAds
    )
}

/// Whether advertisers may name parameters of their own, as `{_season}`.
pub(super) const fn has_custom_names(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::GoogleAds | Dialect::Sa360 | Dialect::MicrosoftAds)
}

/// Whether a name needs a `:` and a text.
pub(super) fn is_condition(name: &str) -> bool {
    CONDITIONS.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// How a name stands. A custom name is known.
pub(super) fn standing(dialect: Dialect, name: &str) -> Standing {
    if has_custom_names(dialect) && name.starts_with('_') {
        return Standing::Known;
    }
    among(names(dialect), name, has_custom_names(dialect))
}

/// How the name of a starred macro stands.
pub(super) fn starred_standing(name: &str) -> Standing {
    among(SA360_STARRED, name, false)
}

fn among(names: &[&'static str], name: &str, any_case: bool) -> Standing {
    match names.iter().find(|one| one.eq_ignore_ascii_case(name)) {
        Some(one) if any_case || *one == name => Standing::Known,
        Some(one) => Standing::Respelled(one),
        None => Standing::Unknown,
    }
}

/// Whether a whole token of an ad platform is one that it documents.
pub(super) fn documents(dialect: Dialect, token: &[u8]) -> bool {
    if dialect == Dialect::Sa360 && token.starts_with(b"[") {
        return true;
    }
    let Ok(token) = std::str::from_utf8(token) else { return false };
    let name = match dialect {
        Dialect::TikTok => token.strip_prefix("__").and_then(|rest| rest.strip_suffix("__")),
        Dialect::Meta => token.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")),
        _ => token.strip_prefix('{').map(single_name),
    };
    name.is_some_and(|name| standing(dialect, name) == Standing::Known)
}

/// The name at the head of what stands in single braces.
pub(super) fn single_name(body: &str) -> &str {
    body.split(|one: char| !one.is_ascii() || !is_word(one as u8) && one != '+')
        .next()
        .unwrap_or(body)
}
