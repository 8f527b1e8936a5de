//! `GET /session/tokenward.js`: what a page loads to keep its session alive. Its source is `clients/web`.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use tokenward::{b64, crypto};

#[cfg(test)]
mod tests;

/// Serves the script; 304 to whoever has it already.
pub(super) async fn serve(headers: HeaderMap) -> Response {
    let Script { text, tag } = &*SCRIPT;
    let mut listed = headers.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    let known = listed.any(|tags| tags.split(',').any(|one| names(one, tag)));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Bytes::from_static(text.as_bytes()).into_response();
        let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, kind);
        response
    };
    let headers = response.headers_mut();
    headers.insert(ETAG, tag.clone());
    // The name stays the same over versions, so it is not kept for ever.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

struct Script {
    text: String,
    tag: HeaderValue,
}

static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
    let text = without_comments(SOURCE);
    let hash = b64::encode(&crypto::sha256(text.as_bytes()));
    // Letters, digits, `-` and `_` alone.
    let tag = HeaderValue::try_from(format!("\"{hash}\""));
    Script { text, tag: tag.unwrap_or(HeaderValue::from_static("\"\"")) }
});

const SOURCE: &str = include_str!("../../../../clients/web/tokenward.js");

/// The source without the lines that are comments alone, and without indentation: half of it.
fn without_comments(source: &str) -> String {
    let mut text = String::from("// tokenward.js: MIT OR Apache-2.0\n");
    let mut inside = false;
    for line in source.lines().map(str::trim) {
        let begins = line.starts_with("/**");
        let skip = inside || begins || line.is_empty() || line.starts_with("//");
        inside = (inside || begins) && !line.ends_with("*/");
        if !skip {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Whether `listed`, one of the tags of `If-None-Match`, is `tag` (weak comparison, RFC 9110 § 13.1.2).
fn names(listed: &str, tag: &HeaderValue) -> bool {
    let listed = listed.trim();
    let strong = listed.strip_prefix("W/").unwrap_or(listed);
    strong == "*" || strong.as_bytes() == tag.as_bytes()
}
