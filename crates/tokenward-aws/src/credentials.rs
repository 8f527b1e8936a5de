//! Who we are to AWS, and where that is found.

mod fetch;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use tokenward::UnixTime;
use zeroize::Zeroizing;

use crate::address::{Endpoint, Region, is_loopback};

#[cfg(test)]
mod tests;

/// An access key with its secret, and a session token if it is a temporary one. The secrets have no way to
/// be shown.
///
/// ```
/// use tokenward_aws::AwsCredentials;
///
/// let credentials = AwsCredentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG", None)?;
/// assert_eq!(format!("{credentials:?}"), "AwsCredentials(AKIAIOSFODNN7EXAMPLE)");
/// assert!(AwsCredentials::new("AKIA\n", "secret", None).is_err());
/// # Ok::<(), tokenward_aws::BadCredentials>(())
/// ```
#[derive(Clone)]
pub struct AwsCredentials {
    pub(crate) access_key_id: String,
    pub(crate) secret: Zeroizing<String>,
    pub(crate) session_token: Option<Zeroizing<String>>,
    ends_at: Option<UnixTime>,
}

impl AwsCredentials {
    /// Checks that each part is visible ASCII, as AWS gives them.
    pub fn new(
        access_key_id: &str,
        secret: &str,
        session_token: Option<&str>,
    ) -> Result<Self, BadCredentials> {
        let plain = |text: &str| {
            (1..=8192).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
        };
        if ![access_key_id, secret].into_iter().chain(session_token).all(plain) {
            return Err(BadCredentials);
        }
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
            session_token: session_token.map(|token| Zeroizing::new(token.to_owned())),
            ends_at: None,
        })
    }

    /// Credentials that end.
    #[must_use]
    pub const fn until(mut self, ends_at: UnixTime) -> Self {
        self.ends_at = Some(ends_at);
        self
    }

    /// How long they are good still.
    pub(crate) fn left(&self, now: UnixTime) -> Duration {
        self.ends_at.map_or(Duration::MAX, |end| end.since(now))
    }

    /// Whether they are good for `margin` more.
    pub(crate) fn outlive(&self, now: UnixTime, margin: Duration) -> bool {
        self.ends_at.is_none_or(|end| now.saturating_add(margin) < end)
    }
}

impl fmt::Debug for AwsCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AwsCredentials({})", self.access_key_id)
    }
}

/// A text that is no part of any credentials.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it must be as AWS gives it: visible characters, no spaces or line ends")]
#[non_exhaustive]
pub struct BadCredentials;

/// The process around us, as far as AWS's usual chain looks at it.
pub trait Surroundings: Send + Sync + 'static {
    /// The environment variable `name`, unless it is empty.
    fn variable(&self, name: &str) -> Option<String>;

    /// The content of a file, or why it cannot be had, in one line.
    fn file(&self, path: &Path) -> Result<String, String>;
}

/// Where credentials come from. They are asked for again ahead of their end.
pub struct CredentialSource(Source);

enum Source {
    Named(Box<dyn Fn() -> Result<AwsCredentials, String> + Send + Sync>),
    Environment(AwsCredentials),
    WebIdentity { sts: Endpoint, role: String, session: String, token: PathBuf, around: Around },
    Container { uri: Uri, authorization: Option<Authorization>, around: Around },
    Instance { endpoint: String },
}

enum Authorization {
    Text(Zeroizing<String>),
    File(PathBuf),
}

type Around = Arc<dyn Surroundings>;

impl CredentialSource {
    /// What a configuration names: `find` is asked at every renewal, and answers why not in one line that
    /// names the setting.
    pub fn named(
        find: impl Fn() -> Result<AwsCredentials, String> + Send + Sync + 'static,
    ) -> Self {
        Self(Source::Named(Box::new(find)))
    }

    /// AWS's usual chain: the environment, a web identity (as on EKS), a container (ECS, EKS Pod Identity),
    /// the instance (EC2, by the second version of its metadata service alone). The first that is set up
    /// is the one. Profiles of the `aws` command are not looked at.
    ///
    /// The error says in one line which variable is wrong.
    pub fn usual(around: Arc<dyn Surroundings>, region: &Region) -> Result<Self, String> {
        let var = |name: &str| around.variable(name);
        if let Some(id) = var("AWS_ACCESS_KEY_ID") {
            let secret = var("AWS_SECRET_ACCESS_KEY")
                .map(Zeroizing::new)
                .ok_or("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not; set it")?;
            let token = var("AWS_SESSION_TOKEN").map(Zeroizing::new);
            let found = AwsCredentials::new(&id, &secret, token.as_ref().map(|text| text.as_str()))
                .map_err(|error| format!("AWS_ACCESS_KEY_ID and what belongs to it: {error}"))?;
            return Ok(Self(Source::Environment(found)));
        }
        if let Some(token) = var("AWS_WEB_IDENTITY_TOKEN_FILE") {
            let role = var("AWS_ROLE_ARN")
                .ok_or("AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not; set it")?;
            let sts = match var("AWS_ENDPOINT_URL_STS") {
                Some(text) => Endpoint::new(&text)
                    .map_err(|error| format!("AWS_ENDPOINT_URL_STS: {error}"))?,
                None => region.endpoint("sts"),
            };
            let session = var("AWS_ROLE_SESSION_NAME").unwrap_or_else(|| "tokenward".to_owned());
            let token = PathBuf::from(token);
            return Ok(Self(Source::WebIdentity { sts, role, session, token, around }));
        }
        if let Some(uri) = container(&*around)? {
            let authorization = match var("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
                Some(path) => Some(Authorization::File(PathBuf::from(path))),
                None => var("AWS_CONTAINER_AUTHORIZATION_TOKEN")
                    .map(|text| Authorization::Text(Zeroizing::new(text))),
            };
            return Ok(Self(Source::Container { uri, authorization, around }));
        }
        if var("AWS_EC2_METADATA_DISABLED").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
            return Err(NOWHERE.to_owned());
        }
        let endpoint = match var("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
            Some(text) => near("AWS_EC2_METADATA_SERVICE_ENDPOINT", &text)?.to_string(),
            None => "http://169.254.169.254/".to_owned(),
        };
        Ok(Self(Source::Instance { endpoint }))
    }

    /// Where the access key was found, to follow its name.
    pub(crate) const fn place(&self) -> &'static str {
        match &self.0 {
            Source::Named(_) => "in keys.aws.access_key_id",
            Source::Environment(_) => "in AWS_ACCESS_KEY_ID",
            Source::WebIdentity { .. } => "of AWS_ROLE_ARN",
            Source::Container { .. } => "of the container's role",
            Source::Instance { .. } => "of the instance's role",
        }
    }
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CredentialSource({})", self.place())
    }
}

/// Where the container's credentials are served, if this is a container of that kind.
fn container(around: &dyn Surroundings) -> Result<Option<Uri>, String> {
    if let Some(path) = around.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        let name = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
        return near(name, &format!("http://169.254.170.2{path}")).map(Some);
    }
    let name = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    around.variable(name).map(|text| near(name, &text)).transpose()
}

/// An https URL, or plain HTTP to this machine and the link-local addresses at which AWS serves
/// credentials: nobody else on the network answers there.
fn near(variable: &str, text: &str) -> Result<Uri, String> {
    let bad = || format!("{variable}: `{text}` is no https URL, nor one of this machine");
    let uri: Uri = text.parse().map_err(|_| bad())?;
    let host = uri.host().ok_or_else(bad)?;
    let is_near = is_loopback(host) || LINK_LOCAL.contains(&host);
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if is_near => Ok(uri),
        _ => Err(bad()),
    }
}

/// ECS, EKS Pod Identity and EC2 ("Container credential provider", AWS SDKs and Tools Reference Guide).
const LINK_LOCAL: [&str; 5] =
    ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "169.254.169.254", "[fd00:ec2::254]"];

const NOWHERE: &str =
    "set keys.aws.access_key_id, AWS_ACCESS_KEY_ID, or give the machine or container a role";
