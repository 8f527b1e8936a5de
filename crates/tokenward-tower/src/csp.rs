//! A Content Security Policy for pages, with a nonce for each request.
//!
//! ```
//! use axum::{Router, response::Html, routing::get};
//! use tokenward_tower::csp::{Csp, Directive, Nonce, Source};
//!
//! let csp = Csp::new()
//!     .allow(Directive::Script, Source::NONCE)
//!     .allow(Directive::Style, Source::SELF)
//!     .allow(Directive::Connect, Source::SELF)
//!     .trusted_types();
//! let page = async |nonce: Nonce| {
//!     Html(format!("<!doctype html><script nonce=\"{nonce}\" src=\"/app.js\"></script>"))
//! };
//! let app: Router = Router::new().route("/", get(page)).layer(csp.layer());
//! ```
//!
//! **Invariant:** what is not allowed by name is forbidden, plug-ins and other base addresses always (ASVS
//! 3.4.3), and no nonce is used twice: what shows one is not to be kept, which the layer sees to.

use std::fmt;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::HeaderValue;
use http::header::CONTENT_SECURITY_POLICY;
use http::request::Parts;
use tokenward::{b64, crypto};

use crate::csrf::{InvalidOrigin, Origins};
use crate::respond;

mod layer;
#[cfg(test)]
mod tests;

pub use layer::{CspFuture, CspLayer, CspService};

/// What a policy speaks of (CSP Level 3 § 6). Those without a source are `'none'`, or fall back to
/// `default-src 'none'`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Directive {
    /// `script-src`: scripts.
    Script,
    /// `style-src`: style sheets.
    Style,
    /// `img-src`: images.
    Image,
    /// `font-src`: fonts.
    Font,
    /// `media-src`: sound and video.
    Media,
    /// `connect-src`: what scripts may fetch.
    Connect,
    /// `frame-src`: what the page may put into frames.
    Frame,
    /// `worker-src`: workers.
    Worker,
    /// `manifest-src`: the manifest of a web app.
    Manifest,
    /// `form-action`: where forms may go.
    FormAction,
    /// `frame-ancestors`: who may put the page into a frame.
    FrameAncestors,
}

impl Directive {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Script => "script-src",
            Self::Style => "style-src",
            Self::Image => "img-src",
            Self::Font => "font-src",
            Self::Media => "media-src",
            Self::Connect => "connect-src",
            Self::Frame => "frame-src",
            Self::Worker => "worker-src",
            Self::Manifest => "manifest-src",
            Self::FormAction => "form-action",
            Self::FrameAncestors => "frame-ancestors",
        }
    }
}

/// Where something may come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source(Kind);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Kind {
    Fixed(&'static str),
    Nonce,
    Text(String),
}

impl Source {
    /// The page's own origin.
    pub const SELF: Self = Self(Kind::Fixed("'self'"));
    /// Elements that bear the nonce of the request. For scripts and styles.
    pub const NONCE: Self = Self(Kind::Nonce);
    /// What a script that is allowed loads itself. For scripts, beside a nonce or a hash.
    pub const STRICT_DYNAMIC: Self = Self(Kind::Fixed("'strict-dynamic'"));
    /// `data:` addresses. Never for scripts: whoever can write an attribute can write one.
    pub const DATA: Self = Self(Kind::Fixed("data:"));
    /// `blob:` addresses, which scripts of the page make.
    pub const BLOB: Self = Self(Kind::Fixed("blob:"));

    /// Another origin, for example `https://cdn.example.com`. Whatever it serves is then allowed.
    pub fn origin(origin: &str) -> Result<Self, InvalidOrigin> {
        Origins::new([origin])?;
        Ok(Self(Kind::Text(origin.to_owned())))
    }

    /// An inline script or style with exactly this content.
    #[must_use]
    pub fn content(content: &str) -> Self {
        // Browsers read base64url here as they read base64 (CSP Level 3 § 2.3.1, `base64-value`).
        let hash = b64::encode(&crypto::sha256(content.as_bytes()));
        Self(Kind::Text(format!("'sha256-{hash}='")))
    }
}

/// A policy. It begins with everything forbidden.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Csp {
    allowed: Vec<(Directive, Vec<Source>)>,
    trusted_types: bool,
    reports: Option<String>,
}

/// A text that is no place for reports.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("is neither an https URL nor a path on the page's own host, for example /csp-reports")]
#[non_exhaustive]
pub struct InvalidReportUrl;

impl Csp {
    /// Nothing loads, nothing frames, nothing submits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows `source` in `directive`, beside what is allowed there already.
    #[must_use]
    pub fn allow(mut self, directive: Directive, source: Source) -> Self {
        match self.allowed.iter_mut().find(|(known, _)| *known == directive) {
            Some((_, sources)) => sources.push(source),
            None => self.allowed.push((directive, vec![source])),
        }
        self
    }

    /// Forbids scripts to make markup or code out of texts (`innerHTML`, `eval`) but by a policy of Trusted
    /// Types, in browsers that know these.
    #[must_use]
    pub fn trusted_types(self) -> Self {
        Self { trusted_types: true, ..self }
    }

    /// Has browsers report to `url` what the policy forbade (ASVS 3.4.7): an https URL, or a path on the
    /// page's own host. They post JSON, `application/reports+json` (Reporting API § 4.2), older ones
    /// `application/csp-report` (CSP Level 2 § 4.4).
    ///
    /// ```
    /// use tokenward_tower::csp::{Csp, InvalidReportUrl};
    ///
    /// let csp = Csp::new().report_to("/csp-reports")?;
    /// # Ok::<_, InvalidReportUrl>(())
    /// ```
    ///
    /// # Security
    ///
    /// Whoever opens the page can post there what he likes: take little, and believe none of it.
    pub fn report_to(self, url: &str) -> Result<Self, InvalidReportUrl> {
        let place = url.starts_with("https://") || url.starts_with('/') && !url.starts_with("//");
        // None of these ends the directive, or the string in the header of places.
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, ';' | ',' | '"' | '\\');
        if !place || !url.chars().all(plain) {
            return Err(InvalidReportUrl);
        }
        Ok(Self { reports: Some(url.to_owned()), ..self })
    }

    /// Allows inline content in `directive`.
    ///
    /// # Security
    ///
    /// This gives up what a policy is for: whoever gets markup into the page runs scripts in it (ASVS 3.4.3).
    /// Move inline content into files, or allow it by [`Source::NONCE`] or [`Source::content`], beside which
    /// browsers ignore this.
    #[must_use]
    pub fn danger_allow_unsafe_inline(self, directive: Directive) -> Self {
        self.allow(directive, Source(Kind::Fixed("'unsafe-inline'")))
    }

    /// The layer that sets this policy on every answer, with a nonce of its own.
    #[must_use]
    pub fn layer(&self) -> CspLayer {
        let endpoints = self.reports.as_deref().map(|url| format!("{REPORTS}=\"{url}\""));
        // The setter let nothing through that is no header.
        let endpoints = endpoints.and_then(|line| HeaderValue::try_from(line).ok());
        CspLayer { policy: Arc::new(Policy(self.parts())), endpoints }
    }

    /// The text in parts; a nonce belongs between each two.
    fn parts(&self) -> Vec<String> {
        let mut parts = vec!["default-src 'none'; base-uri 'none'; object-src 'none'".to_owned()];
        for directive in [Directive::FormAction, Directive::FrameAncestors] {
            if !self.allowed.iter().any(|(known, _)| *known == directive) {
                add(&mut parts, &format!("; {} 'none'", directive.as_str()));
            }
        }
        for (directive, sources) in &self.allowed {
            add(&mut parts, &format!("; {}", directive.as_str()));
            for Source(kind) in sources {
                match kind {
                    Kind::Fixed(text) => add(&mut parts, &format!(" {text}")),
                    Kind::Text(text) => add(&mut parts, &format!(" {text}")),
                    Kind::Nonce => {
                        add(&mut parts, " 'nonce-");
                        parts.push("'".to_owned());
                    }
                }
            }
        }
        if self.trusted_types {
            add(&mut parts, "; require-trusted-types-for 'script'");
        }
        if let Some(url) = &self.reports {
            // Browsers that know the first ignore the second (CSP Level 3 § 6.5.1).
            add(&mut parts, &format!("; report-to {REPORTS}; report-uri {url}"));
        }
        parts
    }
}

fn add(parts: &mut [String], text: &str) {
    if let Some(last) = parts.last_mut() {
        last.push_str(text);
    }
}

/// A policy ready to be sent.
#[derive(Debug)]
struct Policy(Vec<String>);

impl Policy {
    fn with(&self, nonce: Nonce) -> HeaderValue {
        let text = self.0.join(&nonce.to_string());
        // It is made of what the methods above let through, all of it visible ASCII.
        HeaderValue::try_from(text).unwrap_or(crate::headers::CSP)
    }

    fn shows_nonce(&self) -> bool {
        self.0.len() > 1
    }
}

/// 128 random bits that the page's own scripts and styles bear (`<script nonce="…">`), of this request alone.
///
/// An extractor, for handlers behind [`Csp::layer`]; without that layer, it answers 500.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Nonce([u8; 16]);

impl Nonce {
    fn random() -> Self {
        Self(crypto::random())
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&b64::encode(&self.0))
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce")
    }
}

impl<S: Sync> FromRequestParts<S> for Nonce {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get().copied().ok_or_else(|| {
            tracing::error!("a handler wants a nonce, and is behind no CspLayer; add the layer");
            respond::server_error()
        })
    }
}

/// The name of the place for reports, between the policy and the header of places.
const REPORTS: &str = "csp";

/// The header of the policy.
const HEADER: http::HeaderName = CONTENT_SECURITY_POLICY;
