//! The request that the user made, as the proxy describes it.
//!
//! **Invariant:** each profile reads one set of headers and no other. A header that another proxy would
//! have set is a header that this proxy lets its clients set.

use http::header::{HOST, HeaderMap, HeaderName};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, Method};

use crate::settings::Profile;

/// What the user asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Original {
    pub(super) method: Method,
    /// Path and query, as they were sent.
    pub(super) target: String,
    /// The site as the user named it, `https://app.example.com`, in the form of an `Origin`. nginx does not
    /// tell.
    pub(super) origin: Option<String>,
}

impl Original {
    /// The origin of a scheme and what `Host` says.
    pub(super) fn origin_of(scheme: &str, host: &str) -> String {
        let scheme = match scheme {
            "ws" => "http",
            "wss" => "https",
            other => other,
        };
        format!("{scheme}://{}", host.to_ascii_lowercase())
    }
}

/// The proxy does not say what the user asked for: its configuration lacks a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{header} {problem}")]
pub(super) struct Missing {
    header: &'static str,
    problem: &'static str,
}

impl Missing {
    pub(super) const fn new(header: &'static str, problem: &'static str) -> Self {
        Self { header, problem }
    }
}

/// Reads what `profile` says about the original request; `below` is the path after the audience.
pub(super) fn read(profile: Profile, parts: &Parts, below: &str) -> Result<Original, Missing> {
    let headers = &parts.headers;
    match profile {
        Profile::Nginx => of(headers, "x-original-method", "x-original-uri", None),
        Profile::Traefik | Profile::Caddy | Profile::Haproxy => {
            // A proxy that does not set them is not the one in the docs, and would pass on what its client
            // wrote there.
            let host = one(headers, "x-forwarded-host")?;
            let scheme = one(headers, "x-forwarded-proto")?;
            if !matches!(scheme, "http" | "https" | "ws" | "wss") {
                let header = "x-forwarded-proto";
                return Err(Missing { header, problem: "is no scheme of HTTP" });
            }
            let origin = Some(Original::origin_of(scheme, host));
            of(headers, "x-forwarded-method", "x-forwarded-uri", origin)
        }
        Profile::Envoy => {
            let path = if below.is_empty() { "/" } else { below };
            let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            let named = headers.get(HOST).and_then(|host| host.to_str().ok());
            let host = parts.uri.authority().map(Authority::as_str).or(named).unwrap_or_default();
            Ok(Original {
                method: parts.method.clone(),
                target: format!("{path}{query}"),
                // It does not tell the scheme; cookies of ours go by https alone.
                origin: Some(Original::origin_of("https", host)),
            })
        }
    }
}

fn of(
    headers: &HeaderMap,
    method: &'static str,
    target: &'static str,
    origin: Option<String>,
) -> Result<Original, Missing> {
    let problem = "is no HTTP method";
    let asked = Method::from_bytes(one(headers, method)?.as_bytes())
        .map_err(|_| Missing { header: method, problem })?;
    Ok(Original { method: asked, target: one(headers, target)?.to_owned(), origin })
}

/// The one value of a header: two mean that the client's own came along.
fn one<'h>(headers: &'h HeaderMap, header: &'static str) -> Result<&'h str, Missing> {
    let mut values = headers.get_all(HeaderName::from_static(header)).iter();
    match (values.next().map(HeaderValue::as_bytes).map(std::str::from_utf8), values.next()) {
        (_, Some(_)) => Err(Missing { header, problem: "stands more than once" }),
        (None, None) => Err(Missing { header, problem: "is missing" }),
        (Some(Ok(text)), None) if !text.is_empty() => Ok(text),
        (Some(_), None) => Err(Missing { header, problem: "is empty or no text" }),
    }
}
