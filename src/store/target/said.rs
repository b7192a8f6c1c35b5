//! What a store of objects said, in words that are safe to show: never the text of an answer, which
//! is whoever's, and never anything of a request, which is signed.

use std::error::Error as _;

use object_store::Error;

/// What an error leaves to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The same would fail again.
    Final,
    /// Nobody knows what came of it, or it may go well the next time.
    Unknown,
}

/// Longest code that is shown.
const MAX_CODE: usize = 64;

/// What a store says to credentials whose time is over.
const EXPIRED: [&str; 4] =
    ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken"];

/// Whether other credentials may be taken.
pub(super) fn has_expired(error: &Error) -> bool {
    code_in(&whole(error)).is_some_and(|code| EXPIRED.contains(&code))
}

/// What is known of an error.
pub(super) fn failure_of(error: &Error) -> Failure {
    match error {
        // A condition did not hold, whatever the status: what is there says why.
        Error::Precondition { .. } | Error::AlreadyExists { .. } | Error::NotModified { .. } => {
            Failure::Unknown
        }
        Error::PermissionDenied { .. }
        | Error::Unauthenticated { .. }
        | Error::NotFound { .. }
        | Error::InvalidPath { .. }
        | Error::NotSupported { .. }
        | Error::NotImplemented { .. }
        | Error::UnknownConfigurationKey { .. } => Failure::Final,
        _ => match status_of(error) {
            // Not 408, 409, 412 and 429, which say that something else was at work.
            Some(300..=401 | 403..=405 | 411 | 413..=417 | 501) => Failure::Final,
            _ => Failure::Unknown,
        },
    }
}

/// An error for people: what the store said, and what to do.
pub(super) fn sentence(error: &Error) -> String {
    let text = whole(error);
    let code = code_in(&text);
    let advice = match code {
        Some(code) if EXPIRED.contains(&code) => Some(
            "the credentials have expired: get new ones and run the same again (what stands in \
             AWS_SESSION_TOKEN is not renewed by itself; what a role or a container gives out is, once)",
        ),
        Some("RequestTimeTooSkewed" | "RequestExpired") => {
            Some("the clock of this machine is off: set it and run the same again")
        }
        Some("InvalidAccessKeyId" | "SignatureDoesNotMatch" | "AuthorizationHeaderMalformed") => {
            Some("the credentials are not right: look at AWS_ACCESS_KEY_ID and what belongs to it")
        }
        Some("AccessDenied" | "AllAccessDisabled") => {
            Some("these credentials may not do that: ask whoever owns the bucket")
        }
        Some("NoSuchBucket") => Some("there is no such bucket: make it, or correct the name"),
        Some("PermanentRedirect" | "TemporaryRedirect" | "IllegalLocationConstraintException") => {
            Some("the bucket is in another region: set AWS_REGION")
        }
        Some("BadDigest" | "XAmzContentSHA256Mismatch" | "InvalidDigest") => {
            Some("the bytes were changed on the way, and nothing of them was kept")
        }
        _ => None,
    };
    let status = status_of(error).map(|status| format!("the store answered {status}"));
    let told = match (status, code) {
        (Some(status), Some(code)) => format!("{status} `{code}`"),
        (Some(status), None) => status,
        (None, _) => reason(error, &text).to_owned(),
    };
    match advice.or(general_advice(error)) {
        Some(advice) => format!("{told}; {advice}"),
        None => told,
    }
}

fn general_advice(error: &Error) -> Option<&'static str> {
    match error {
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            Some("look at the credentials, and at what they may do in this bucket")
        }
        _ if failure_of(error) == Failure::Unknown => {
            Some("what was published before is as it was; run the same again")
        }
        _ => None,
    }
}

/// Where nothing was answered: why, as far as it can be told from our own libraries' words.
fn reason(error: &Error, text: &str) -> &'static str {
    let has = |word: &str| text.contains(word);
    match error {
        _ if has("timed out") || has("Timeout") => "no answer came in time",
        _ if has("onnection refused") => "nobody answers there",
        _ if has("dns error") || has("failed to lookup") => "its host is not known",
        _ if has("certificate") || has("invalid peer") => "its certificate is not trusted",
        _ if has("metadata") || has("169.254.169.254") => {
            "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        }
        _ if has("scheme is not allowed") || has("URL scheme") || has("builder error") => {
            "its address is not https: AWS_ENDPOINT must be, unless AWS_ALLOW_HTTP is true"
        }
        Error::Precondition { .. } | Error::AlreadyExists { .. } => "somebody else was faster",
        Error::NotFound { .. } => "it is not there",
        _ => "the connection broke",
    }
}

/// The error and everything behind it. Only looked through, never shown.
fn whole(error: &Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(one) = next {
        text.push('\n');
        text.push_str(&one.to_string());
        next = one.source();
    }
    text
}

/// The status of an answer, which `object_store` only tells in words.
fn status_of(error: &Error) -> Option<u16> {
    let text = whole(error);
    let (_, rest) = text.split_once("status code: ")?;
    rest.get(..3)?.parse().ok()
}

/// The code of S3's error document.
fn code_in(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let plain = code.len() <= MAX_CODE && code.bytes().all(|one| one.is_ascii_alphanumeric());
    plain.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(text: &str) -> Error {
        Error::Generic { store: "S3", source: text.to_owned().into() }
    }

    #[test]
    fn nothing_of_an_answer_but_its_code_is_shown() {
        let body = "<Error><Code>ExpiredToken</Code><Message>\u{1b}[2J SECRET</Message></Error>";
        let error =
            answered(&format!("Server returned non-2xx status code: 400 Bad Request: {body}"));
        let shown = sentence(&error);
        assert!(shown.contains("400 `ExpiredToken`") && shown.contains("get new ones"), "{shown}");
        assert!(!shown.contains("SECRET") && !shown.contains('\u{1b}'), "{shown}");
        assert_eq!(failure_of(&error), Failure::Final);
        for status in ["500", "503", "429", "409", "412", "408"] {
            let error = answered(&format!("non-2xx status code: {status} x: <Code>a b</Code>"));
            assert_eq!(failure_of(&error), Failure::Unknown, "{status}");
            assert!(!sentence(&error).contains("a b"));
        }
    }
}
