//! Settings that let tokens travel without TLS: of servers, and of apps.

use std::path::Path;

use super::{hit, read};
use crate::finding::Severity;
use crate::rules::Hit;
use crate::rules::development::is_of_a_set;
use crate::rules::names::plain;

const RULE: &str = "plain-http-in-config";
const MESSAGE: &str =
    "plain HTTP is allowed: a token that is sent so can be read and used by whoever is on the way";

const UNCHECKED: &str = "TLS is spoken with whoever answers, since no certificate is checked: whoever is on the way reads tokens";

/// A setting of a server or of an OAuth library.
pub(super) fn setting(path: &Path, setting: &read::Setting<'_>) -> Option<Hit> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let last = plain(setting.last());
    let value = setting.value.to_lowercase();
    let is_off = matches!(value.as_str(), "false" | "0" | "off" | "no");
    let is_allowed = match last.as_str() {
        "requirehttpsmetadata" => is_off,
        "sslrequired" | "keycloaksslrequired" => value == "none",
        // What is called `.env` and no more is mostly a developer's own.
        "oauthlibinsecuretransport" | "authlibinsecuretransport" => {
            !is_off && !value.is_empty() && name != ".env"
        }
        // Node: a process that knows no certificate from another.
        "nodetlsrejectunauthorized" => value == "0",
        "securesslredirect" | "djangosecuresslredirect" => is_off && name.contains("prod"),
        _ => false,
    };
    (is_allowed && !is_of_a_set(path)).then(|| {
        hit(
            RULE,
            setting.span.clone(),
            Severity::Medium,
            if last == "nodetlsrejectunauthorized" { UNCHECKED } else { MESSAGE },
            if last == "nodetlsrejectunauthorized" {
                "leave it out; NODE_EXTRA_CA_CERTS trusts an authority of your own"
            } else {
                "leave it on outside of development; a proxy that ends TLS is told of by X-Forwarded-Proto"
            },
        )
    })
}

/// What an app is allowed: Android's manifest and its security configuration, and iOS' `Info.plist`.
pub(super) fn apps(path: &Path, text: &str) -> Vec<Hit> {
    let extension = path.extension().unwrap_or_default();
    let is_debug =
        path.iter().any(|part| ["debug", "androidTest"].iter().any(|word| part == *word));
    if !(extension == "xml" || extension == "plist") || is_debug || is_of_a_set(path) {
        return Vec::new();
    }
    let text_without = without_comments(text);
    let mut hits = Vec::new();
    let mut is_general = false;
    let mut asked = false;
    for (start, line) in read::lines(&text_without) {
        let line: String = line.split_whitespace().collect::<Vec<_>>().join(" ");
        // A rule for some hosts is a decision about those.
        is_general |= line.contains("<base-config");
        let is_android = line.contains("android:usesCleartextTraffic=\"true\"")
            || is_general && line.contains("cleartextTrafficPermitted=\"true\"");
        let is_ios = asked && line.contains("<true/>");
        if is_android || is_ios {
            let end = text.get(start..).and_then(|rest| rest.find('\n')).unwrap_or_default();
            hits.push(hit(
                RULE,
                start..start.saturating_add(end),
                Severity::Medium,
                MESSAGE,
                "leave it off; allow single hosts where one cannot do without",
            ));
        }
        if !line.is_empty() {
            asked = line.contains("<key>NSAllowsArbitraryLoads</key>") && !is_ios;
        }
        is_general &= !line.contains('>');
    }
    hits
}

/// The text with what is commented out made blank, so that places stay.
fn without_comments(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<!--") {
        let (before, comment) = rest.split_at_checked(start).unwrap_or((rest, ""));
        left.push_str(before);
        let end = comment.find("-->").map_or(comment.len(), |end| end.saturating_add(3));
        let (comment, after) = comment.split_at_checked(end).unwrap_or((comment, ""));
        left.extend(comment.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        rest = after;
    }
    left.push_str(rest);
    left
}
