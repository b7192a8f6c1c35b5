//! The headers of every page, whatever server sends them.

/// Headers that are the same for all pages, sorted by name.
pub(super) const COMMON: [(&str, &str); 6] = [
    // Asked for again each time, so that a form that is due is seen at once.
    ("Cache-Control", "no-cache"),
    (
        "Permissions-Policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    // Pages of ours see the whole address, parameters included; partners see our host only.
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Strict-Transport-Security", "max-age=31536000"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
];

/// Headers of files below assets/, sorted by name: a file of a name never changes, and pages on
/// another host check its digest.
pub(super) const ASSETS: [(&str, &str); 4] = [
    ("Access-Control-Allow-Origin", "*"),
    ("Cache-Control", "public, max-age=31536000, immutable"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
    ("X-Content-Type-Options", "nosniff"),
];
