//! Talks to a running authority: over its admin socket, or over TCP with a token.
//!
//! **Invariant:** the token goes out over TLS, or in the clear to this machine alone.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::Full;
use hyper::body::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokenward_server::admin::api::Problem;
use tokio::net::UnixStream;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::args::AdminArgs;
use crate::failure::Failure;
use crate::secret::Variables;

mod site;
#[cfg(test)]
mod tests;

use site::exchange;
pub(crate) use site::{Heard, NoAnswer, Site};

/// The name of the admin socket in the data folder.
pub(crate) const SOCKET: &str = "admin.sock";

/// Longer than any request takes, shorter than an operator's patience.
const WAIT: Duration = Duration::from_secs(60);

/// A way to the authority.
#[derive(Debug)]
pub(crate) struct AdminClient {
    target: Target,
}

enum Target {
    Socket(PathBuf),
    Tcp { site: Site, bearer: HeaderValue },
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Socket(path) => f.debug_tuple("Socket").field(path).finish(),
            Self::Tcp { site, .. } => f.debug_tuple("Tcp").field(&site.authority).finish(),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "the authority at {}", path.display()),
            Self::Tcp { site, .. } => {
                write!(f, "the authority at {} (TOKENWARD_ADMIN_URL)", site.authority)
            }
        }
    }
}

/// Why a call brought no answer.
#[derive(Debug)]
pub(crate) enum CallError {
    /// The authority answered, and refused.
    Refused { status: StatusCode, problem: Problem },
    /// It could not be asked.
    Failed(Failure),
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Failed(failure) => failure,
            CallError::Refused { status, problem } => {
                let said = match problem.error_description.as_str() {
                    "" => problem.error.as_str(),
                    said => said,
                };
                match status {
                    StatusCode::NOT_FOUND | StatusCode::CONFLICT => Self::no(said),
                    StatusCode::UNAUTHORIZED => Self::cannot(format!(
                        "the authority does not accept this token ({said}); check TOKENWARD_ADMIN_TOKEN"
                    )),
                    _ => Self::cannot(format!("the authority refused: {said}")),
                }
            }
        }
    }
}

/// The data folder: as told, or where `init` and `serve --dev` put it by default.
pub(crate) fn data_dir(told: Option<&Path>) -> PathBuf {
    match told {
        Some(dir) => dir.to_owned(),
        None if Path::new("tokenward.toml").exists() => PathBuf::from("."),
        None => PathBuf::from(".tokenward"),
    }
}

impl AdminClient {
    /// The running authority; `None` if none runs on the data folder.
    pub(crate) async fn find(args: &AdminArgs) -> Result<Option<Self>, Failure> {
        if let Some(url) = args.admin_url.as_ref().filter(|url| !url.is_empty()) {
            return Self::over_tcp(url, args.ca_file.as_deref()).map(Some);
        }
        let path = data_dir(args.data.as_deref()).join(SOCKET);
        match UnixStream::connect(&path).await {
            Ok(_) => Ok(Some(Self { target: Target::Socket(path) })),
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::ConnectionRefused => Ok(None),
                ErrorKind::PermissionDenied => Err(Failure::cannot(format!(
                    "{}: this is another user's authority; run this command as that user",
                    path.display()
                ))),
                _ => Err(Failure::because(path.display(), &error)),
            },
        }
    }

    /// The running authority, which must be there.
    pub(crate) async fn need(args: &AdminArgs) -> Result<Self, Failure> {
        Self::find(args).await?.ok_or_else(|| {
            let dir = data_dir(args.data.as_deref());
            Failure::cannot(format!(
                "no authority runs on {}; start it with `tokenward serve`, or name its folder with --data",
                dir.display()
            ))
        })
    }

    /// Asks without a body.
    pub(crate) async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, CallError> {
        self.parsed(Method::GET, path, None).await
    }

    /// Sends `body`; reads the answer.
    pub(crate) async fn post<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<A, CallError> {
        self.parsed(Method::POST, path, Some(to_json(body)?)).await
    }

    /// Sends `body`; there is nothing to read.
    pub(crate) async fn send(&self, path: &str, body: &impl Serialize) -> Result<(), CallError> {
        self.call(Method::POST, path, Some(to_json(body)?)).await.map(drop)
    }

    /// Deletes what stands at `path`.
    pub(crate) async fn delete(&self, path: &str) -> Result<(), CallError> {
        self.call(Method::DELETE, path, None).await.map(drop)
    }

    async fn parsed<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<A, CallError> {
        let answer = self.call(method, path, body).await?;
        serde_json::from_slice(&answer).map_err(|error| {
            Failure::because(
                "the authority's answer is not understood; are the versions the same?",
                &error,
            )
            .into()
        })
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Bytes, CallError> {
        let request = self.request(method, path, body)?;
        let asked = async {
            match &self.target {
                Target::Socket(path) => exchange(UnixStream::connect(path).await?, request).await,
                Target::Tcp { site, .. } => Ok(site.send(request).await?.answer),
            }
        };
        let answered: Result<Result<_, NoAnswer>, _> = timeout(WAIT, asked).await;
        let answer = answered
            .map_err(|_| Failure::cannot("the authority did not answer within a minute"))?
            .map_err(|error| {
                let doing = format!("{} cannot be reached", self.target);
                Failure::because(doing, error.as_ref())
            })?;
        let (status, answer) = (answer.status(), answer.into_body());
        if status.is_success() {
            return Ok(answer);
        }
        let problem = serde_json::from_slice(&answer).unwrap_or_else(|_| Problem {
            error: format!("status {status}"),
            error_description: String::new(),
            ripe_at: None,
        });
        Err(CallError::Refused { status, problem })
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
    ) -> Result<Request<Full<Bytes>>, Failure> {
        let mut request = Request::builder().method(method).uri(path);
        request = match &self.target {
            Target::Socket(_) => request.header(HOST, "localhost"),
            Target::Tcp { site, bearer } => {
                request.header(HOST, &site.authority).header(AUTHORIZATION, bearer.clone())
            }
        };
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request
            .body(Full::new(body.unwrap_or_default()))
            .map_err(|error| Failure::because("the request cannot be made", &error))
    }

    fn over_tcp(url: &str, ca_file: Option<&Path>) -> Result<Self, Failure> {
        let name = "TOKENWARD_ADMIN_URL";
        let site = Site::parse(name, url, ca_file, is_loopback)?;
        if url.parse::<Uri>().is_ok_and(|uri| !matches!(uri.path(), "" | "/")) {
            let bad = format!("{name}: `{url}` has a path; write scheme, host and port alone");
            return Err(Failure::cannot(bad));
        }
        Ok(Self { target: Target::Tcp { site, bearer: bearer()? } })
    }
}

/// One segment of a path, percent-encoded.
pub(crate) fn segment(text: &str) -> impl std::fmt::Display {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
}

/// A path with those parameters that have a value.
pub(crate) fn query(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

fn bearer() -> Result<HeaderValue, Failure> {
    let variables = Variables::of_process();
    let token = variables.get("TOKENWARD_ADMIN_TOKEN").ok_or_else(|| {
        Failure::cannot("TOKENWARD_ADMIN_TOKEN is not set; over TCP the authority wants a token")
    })?;
    let mut value = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| Failure::cannot("TOKENWARD_ADMIN_TOKEN is no token"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

fn to_json(body: &impl Serialize) -> Result<Bytes, Failure> {
    serde_json::to_vec(body)
        .map(|bytes| Bytes::from_owner(Zeroizing::new(bytes)))
        .map_err(|error| Failure::because("the request cannot be written", &error))
}
