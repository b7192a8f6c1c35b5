//! The platforms whose tokens are known. Must not know how their tokens look.

/// A platform that fills in tokens of its own when it sends or serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// Google Ads: `{campaignid}`.
    GoogleAds,
    /// Search Ads 360: `[*Campaign*]`, and what Google Ads has.
    Sa360,
    /// Meta: `{{ad.id}}`.
    Meta,
    /// `TikTok`: `__CID__`.
    TikTok,
    /// Pinterest: `{adgroupid}`.
    Pinterest,
    /// Microsoft Advertising: `{CampaignId}`.
    MicrosoftAds,
    /// Mailchimp and Mandrill: `*|FNAME|*`.
    Mailchimp,
    /// Klaviyo: `{{ first_name }}`, `{% if %}`.
    Klaviyo,
    /// Braze: `{{${first_name}}}`, `{% if %}`.
    Braze,
    /// Salesforce Marketing Cloud: `%%name%%`, `%%=v(@x)=%%`, `%%[ … ]%%`.
    Sfmc,
    /// Adobe Campaign: `<%= recipient.name %>`.
    AdobeCampaign,
    /// Adobe Journey Optimizer: `{{profile.name}}`, `{%#if x%}`, `{%= x %}`.
    AdobeJourney,
    /// Iterable: `{{name}}`, `[[name]]`.
    Iterable,
    /// `SendGrid`: `{{name}}`.
    SendGrid,
    /// No tokens at all.
    Plain,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 15] = [
        Self::GoogleAds,
        Self::Sa360,
        Self::Meta,
        Self::TikTok,
        Self::Pinterest,
        Self::MicrosoftAds,
        Self::Mailchimp,
        Self::Klaviyo,
        Self::Braze,
        Self::Sfmc,
        Self::AdobeCampaign,
        Self::AdobeJourney,
        Self::Iterable,
        Self::SendGrid,
        Self::Plain,
    ];

    /// The name in rules and channels, such as `google-ads`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GoogleAds => "google-ads",
            Self::Sa360 => "sa360",
            Self::Meta => "meta",
            Self::TikTok => "tiktok",
            Self::Pinterest => "pinterest",
            Self::MicrosoftAds => "microsoft-ads",
            Self::Mailchimp => "mailchimp",
            Self::Klaviyo => "klaviyo",
            Self::Braze => "braze",
            Self::Sfmc => "sfmc",
            Self::AdobeCampaign => "adobe-campaign",
            Self::AdobeJourney => "adobe-journey",
            Self::Iterable => "iterable",
            Self::SendGrid => "sendgrid",
            Self::Plain => "plain",
        }
    }

    /// The name that people say, such as `Google Ads`.
    pub const fn title(self) -> &'static str {
        match self {
            Self::GoogleAds => "Google Ads",
            Self::Sa360 => "Search Ads 360",
            Self::Meta => "Meta",
            Self::TikTok => "TikTok",
            Self::Pinterest => "Pinterest",
            Self::MicrosoftAds => "Microsoft Advertising",
            Self::Mailchimp => "Mailchimp",
            Self::Klaviyo => "Klaviyo",
            Self::Braze => "Braze",
            Self::Sfmc => "Salesforce Marketing Cloud",
            Self::AdobeCampaign => "Adobe Campaign",
            Self::AdobeJourney => "Adobe Journey Optimizer",
            Self::Iterable => "Iterable",
            Self::SendGrid => "SendGrid",
            Self::Plain => "plain text",
        }
    }

    /// Finds a dialect by its [`Dialect::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// Whether it is an ad platform, whose tokens are a closed list, and no sender of e-mail.
    pub const fn is_ad_platform(self) -> bool {
        matches!(
            self,
            Self::GoogleAds
                | Self::Sa360
                | Self::Meta
                | Self::TikTok
                | Self::Pinterest
                | Self::MicrosoftAds
        )
    }

    /// What its tokens are called.
    pub(super) const fn word(self) -> &'static str {
        if self.is_ad_platform() { "macro" } else { "merge tag" }
    }
}
