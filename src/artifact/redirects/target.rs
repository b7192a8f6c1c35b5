//! What a server is, and what it can hold.

use super::Capacity;

/// A status that redirects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// 301: permanent.
    MovedPermanently,
    /// 302: for now.
    #[default]
    Found,
    /// 307: for now, with the same method.
    TemporaryRedirect,
    /// 308: permanent, with the same method.
    PermanentRedirect,
}

impl Status {
    /// The status of a number.
    pub fn new(code: u16) -> Option<Self> {
        match code {
            301 => Some(Self::MovedPermanently),
            302 => Some(Self::Found),
            307 => Some(Self::TemporaryRedirect),
            308 => Some(Self::PermanentRedirect),
            _ => None,
        }
    }

    /// Its number.
    pub fn code(self) -> u16 {
        match self {
            Self::MovedPermanently => 301,
            Self::Found => 302,
            Self::TemporaryRedirect => 307,
            Self::PermanentRedirect => 308,
        }
    }

    /// The words that go with the number in an answer.
    pub fn reason(self) -> &'static str {
        match self {
            Self::MovedPermanently => "Moved Permanently",
            Self::Found => "Found",
            Self::TemporaryRedirect => "Temporary Redirect",
            Self::PermanentRedirect => "Permanent Redirect",
        }
    }

    /// Tells whether browsers may keep it for ever, so that a later swap does not reach them.
    pub fn is_permanent(self) -> bool {
        matches!(self, Self::MovedPermanently | Self::PermanentRedirect)
    }
}

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    /// nginx `map`. Strings in a map match in any case, so one entry answers both spellings.
    Nginx,
    /// Apache httpd `RewriteMap`. The path is put into lower case before the lookup.
    Apache,
    /// Netlify `_redirects`. Paths are case-sensitive: two rules a code. The query of a request
    /// is always passed on.
    Netlify,
    /// Cloudflare Pages `_redirects`. Paths are compared as they are: two rules a code. The query
    /// of a request is passed on only to a URL without one.
    CloudflarePages,
    /// Cloudflare Bulk Redirects, as CSV. A source is compared as it is and no option folds its
    /// case: two rules a code.
    CloudflareBulk,
    /// Vercel bulk redirects, as CSV. A rule says itself that it is not case-sensitive.
    Vercel,
    /// A `CloudFront` key-value store and the function that reads it, which puts the path into
    /// lower case. A function reads one store, so the data cannot be split over several.
    CloudfrontKvs,
    /// An S3 website. Keys are case-sensitive: two rules a code.
    S3,
    /// A Fastly dictionary and the VCL that reads it, which puts the path into lower case.
    Fastly,
}

impl TargetKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Nginx,
        Self::Apache,
        Self::Netlify,
        Self::CloudflarePages,
        Self::CloudflareBulk,
        Self::Vercel,
        Self::CloudfrontKvs,
        Self::S3,
        Self::Fastly,
    ];

    /// What it is called in a workspace.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Netlify => "netlify",
            Self::CloudflarePages => "cloudflare-pages",
            Self::CloudflareBulk => "cloudflare-bulk",
            Self::Vercel => "vercel",
            Self::CloudfrontKvs => "cloudfront-kvs",
            Self::S3 => "s3",
            Self::Fastly => "fastly",
        }
    }

    /// The kind of a slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// How many rules one code takes, to answer in lower and in upper case.
    pub fn rules(self) -> usize {
        match self {
            Self::Nginx | Self::Apache | Self::Vercel | Self::CloudfrontKvs | Self::Fastly => 1,
            Self::Netlify | Self::CloudflarePages | Self::CloudflareBulk | Self::S3 => 2,
        }
    }

    /// What its limit counts.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Nginx | Self::Apache => "entries",
            Self::CloudfrontKvs => "bytes",
            Self::Fastly => "items",
            _ => "rules",
        }
    }

    /// What it holds when nothing else was agreed: the smallest plan that has the feature.
    pub fn default_limit(self) -> Option<usize> {
        match self {
            // S3 goes over to objects, which are not limited, when its 50 rules are full.
            Self::Nginx | Self::Apache | Self::S3 => None,
            Self::Netlify | Self::CloudflareBulk => Some(10_000),
            Self::CloudflarePages => Some(2_000),
            Self::Vercel | Self::Fastly => Some(1_000),
            Self::CloudfrontKvs => Some(5_000_000),
        }
    }

    /// The longest URL, or for files of lines the longest line, and why it is the longest.
    pub(super) fn longest(self) -> Option<(usize, &'static str)> {
        match self {
            // A parameter and its quotes must fit into a buffer of 4,096.
            Self::Nginx => Some((4_090, "nginx stops at a longer parameter")),
            Self::Apache => Some((1_023, "Apache cuts a longer line of a text map")),
            Self::Netlify => None,
            Self::CloudflarePages => Some((1_000, "Cloudflare Pages ignores a longer line")),
            Self::CloudflareBulk => Some((32_768, "Cloudflare refuses a longer target")),
            Self::Vercel => Some((2_048, "Vercel refuses a longer destination")),
            Self::CloudfrontKvs => Some((1_024, "CloudFront refuses a longer value")),
            Self::S3 => Some((2_048, "S3 refuses a longer location")),
            Self::Fastly => Some((8_000, "Fastly refuses a longer value")),
        }
    }
}

/// A server that is to answer short codes, as the workspace declares it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its kind.
    pub kind: TargetKind,
    /// The status it answers with.
    pub status: Status,
    /// Whether the query of a request is added to the URL.
    pub preserve_query: bool,
    /// What the plan allows, in [`TargetKind::unit`]s; else [`TargetKind::default_limit`].
    pub limit: Option<usize>,
}

impl Target {
    /// A server of a kind, with what most want.
    pub fn new(kind: TargetKind) -> Self {
        Self { kind, status: Status::default(), preserve_query: false, limit: None }
    }

    /// So much of the server's limit.
    pub(super) fn capacity(&self, used: usize) -> Capacity {
        let limit = self.limit.or(self.kind.default_limit());
        Capacity { used, limit, what: self.kind.unit() }
    }
}
