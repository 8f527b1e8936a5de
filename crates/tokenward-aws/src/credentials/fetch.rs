//! Asking for temporary credentials.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::Full;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokenward::{ErrorChain, UnixTime};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Authorization, AwsCredentials, CredentialSource, NOWHERE, Source};
use crate::error::{AwsError, words};
use crate::http::{Answer, Transport};

#[cfg(test)]
mod tests;

impl CredentialSource {
    /// Credentials that are good now.
    pub(crate) async fn fetch(&self, transport: &Transport) -> Result<AwsCredentials, AwsError> {
        let found = match &self.0 {
            Source::Named(find) => find(),
            Source::Environment(found) => Ok(found.clone()),
            Source::WebIdentity { sts, role, session, token, around } => {
                let token = around
                    .file(token)
                    .map(Zeroizing::new)
                    .map_err(|why| no_credentials(format!("AWS_WEB_IDENTITY_TOKEN_FILE: {why}")))?;
                let uri = sts.root().map_err(|error| no_credentials(error.to_string()))?;
                let form = form_urlencoded::Serializer::new(String::new())
                    .append_pair("Action", "AssumeRoleWithWebIdentity")
                    .append_pair("Version", "2011-06-15")
                    .append_pair("RoleArn", role)
                    .append_pair("RoleSessionName", session)
                    .append_pair("WebIdentityToken", token.trim())
                    .finish();
                let mut request = request(Method::POST, &uri, form);
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                request.headers_mut().insert(CONTENT_TYPE, kind);
                of_sts(&transport.send(request).await?)
            }
            Source::Container { uri, authorization, around } => {
                let mut request = request(Method::GET, uri, String::new());
                let text = match authorization {
                    None => None,
                    Some(Authorization::Text(text)) => Some(text.clone()),
                    Some(Authorization::File(path)) => {
                        Some(Zeroizing::new(around.file(path).map_err(|why| {
                            no_credentials(format!("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: {why}"))
                        })?))
                    }
                };
                if let Some(text) = text {
                    request.headers_mut().insert(AUTHORIZATION, sensitive(text.trim())?);
                }
                of_json(&transport.send(request).await?)
            }
            Source::Instance { endpoint } => of_instance(endpoint, transport).await,
        };
        found.map_err(no_credentials)
    }
}

/// The role of an EC2 instance, by version 2 of its service. (What answers the first version answers anybody who can have a
/// request sent from here.)
async fn of_instance(endpoint: &str, transport: &Transport) -> Result<AwsCredentials, String> {
    let base = endpoint.trim_end_matches('/');
    let ask = async |method: Method, path: &str, header: (&'static str, HeaderValue)| {
        let uri: Uri = format!("{base}/latest/{path}").parse().map_err(|_| NOWHERE.to_owned())?;
        let mut request = request(method, &uri, String::new());
        request.headers_mut().insert(header.0, header.1);
        let answer = transport
            .send(request)
            .await
            .map_err(|error| format!("{NOWHERE} ({})", ErrorChain::new(&error)))?;
        if answer.status == StatusCode::OK {
            Ok(answer)
        } else {
            Err(format!("{NOWHERE} (the instance's metadata service answers {})", answer.status))
        }
    };
    let life = HeaderValue::from_static("21600");
    let life = ("x-aws-ec2-metadata-token-ttl-seconds", life);
    let token = ask(Method::PUT, "api/token", life).await?;
    let token = String::from_utf8(token.body.to_vec()).map(Zeroizing::new).map_err(|_| NOWHERE)?;
    let token = sensitive(token.trim()).map_err(|error| error.to_string())?;
    let with_token = || ("x-aws-ec2-metadata-token", token.clone());
    let path = "meta-data/iam/security-credentials/";
    let roles = ask(Method::GET, path, with_token()).await?;
    let roles = String::from_utf8_lossy(&roles.body).into_owned();
    let role = roles.lines().next().unwrap_or_default().trim();
    of_json(&ask(Method::GET, &format!("{path}{role}"), with_token()).await?)
}

/// What containers and instances are answered.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "PascalCase")]
struct Document {
    access_key_id: String,
    secret_access_key: String,
    token: String,
    expiration: String,
}

fn of_json(answer: &Answer) -> Result<AwsCredentials, String> {
    if answer.status != StatusCode::OK {
        return Err(format!("the service of the role's credentials answers {}", answer.status));
    }
    let document: Document = serde_json::from_slice(&answer.body)
        .map_err(|_| "the service of the role's credentials answers garbage".to_owned())?;
    temporary(
        &document.access_key_id,
        &document.secret_access_key,
        &document.token,
        &document.expiration,
    )
}

fn of_sts(answer: &Answer) -> Result<AwsCredentials, String> {
    of_xml(answer.status, &answer.body)
}

/// The one answer in XML. What is in it has no character that XML would escape.
fn of_xml(status: StatusCode, body: &[u8]) -> Result<AwsCredentials, String> {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(inside, _)| inside.trim())
    };
    if status != StatusCode::OK {
        let said = element("Message").unwrap_or_default();
        return Err(format!("STS refuses AWS_ROLE_ARN ({status}): {}", words(said)));
    }
    let [Some(id), Some(secret), Some(token), Some(end)] =
        ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"].map(element)
    else {
        return Err("STS answers garbage: is AWS_ENDPOINT_URL_STS that of AWS?".to_owned());
    };
    temporary(id, secret, token, end)
}

fn temporary(id: &str, secret: &str, token: &str, end: &str) -> Result<AwsCredentials, String> {
    let garbage = || "the credentials of the role make no sense".to_owned();
    let end = OffsetDateTime::parse(end, &Rfc3339).map_err(|_| garbage())?;
    let end = u64::try_from(end.unix_timestamp()).map_err(|_| garbage())?;
    let found = AwsCredentials::new(id, secret, Some(token)).map_err(|_| garbage())?;
    Ok(found.until(UnixTime::from_secs(end)))
}

fn request(method: Method, uri: &Uri, body: String) -> Request<Full<Bytes>> {
    let body = Bytes::from_owner(Zeroizing::new(body.into_bytes()));
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri.clone();
    request
}

fn sensitive(text: &str) -> Result<HeaderValue, AwsError> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| no_credentials("the token of the role's credentials is none".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

const fn no_credentials(why: String) -> AwsError {
    AwsError::NoCredentials { why }
}
