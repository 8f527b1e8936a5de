//! The signature that AWS asks of each request: its Signature Version 4, for requests that post JSON.

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use tokenward::UnixTime;
use zeroize::Zeroizing;

use crate::address::Region;
use crate::credentials::AwsCredentials;

#[cfg(test)]
mod tests;

/// A request to be signed: a `POST` to the root of a service.
#[derive(Debug)]
pub(crate) struct Signing<'a> {
    pub(crate) who: &'a AwsCredentials,
    pub(crate) region: &'a Region,
    /// The service, as signatures name it.
    pub(crate) service: &'a str,
    /// The host, and the port if the URL has one.
    pub(crate) host: &'a str,
    /// The operation.
    pub(crate) target: &'a str,
    pub(crate) body: &'a [u8],
}

impl Signing<'_> {
    /// The headers of the request, all of them signed; none if one of them is no header's value, or `now`
    /// no time of ours.
    ///
    /// ("Create a signed AWS API request", AWS Identity and Access Management User Guide.)
    pub(crate) fn headers(&self, now: UnixTime) -> Option<Vec<(HeaderName, HeaderValue)>> {
        let [date, time] = stamps(now)?;
        let mut headers = vec![(CONTENT_TYPE, JSON), (HOST, self.host), (DATE, &time)];
        let token = self.who.session_token.as_ref();
        headers.extend(token.map(|token| (TOKEN, token.as_str())));
        // In the order of their names, which the signature is over.
        headers.push((TARGET, self.target));
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let line = |(name, value): &(HeaderName, &str)| [name.as_str(), ":", *value, "\n"].concat();
        let lines: Zeroizing<String> = Zeroizing::new(headers.iter().map(line).collect());
        let canonical = Zeroizing::new(format!(
            "POST\n/\n\n{}\n{names}\n{}",
            lines.as_str(),
            hex(&Sha256::digest(self.body))
        ));
        let scope = format!("{date}/{}/{}/aws4_request", self.region, self.service);
        let canonical = hex(&Sha256::digest(canonical.as_bytes()));
        let to_sign = format!("{METHOD}\n{time}\n{scope}\n{canonical}");
        let signature = hex(&*hmac_sha256(&*self.key(&date)?, to_sign.as_bytes())?);
        let id = &self.who.access_key_id;
        let authorization = format!(
            "{METHOD} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"
        );
        headers.push((AUTHORIZATION, &authorization));
        let header = |(name, value): (HeaderName, &str)| {
            let mut value = HeaderValue::from_str(value).ok()?;
            value.set_sensitive(name == TOKEN || name == AUTHORIZATION);
            Some((name, value))
        };
        headers.into_iter().map(header).collect()
    }

    /// The key of the day, the region and the service.
    fn key(&self, date: &str) -> Option<Zeroizing<[u8; 32]>> {
        let secret = Zeroizing::new(format!("AWS4{}", self.who.secret.as_str()));
        let day = hmac_sha256(secret.as_bytes(), date.as_bytes())?;
        let region = hmac_sha256(&*day, self.region.as_str().as_bytes())?;
        let service = hmac_sha256(&*region, self.service.as_bytes())?;
        hmac_sha256(&*service, b"aws4_request")
    }
}

/// With a key of any length, which the core has no use for.
fn hmac_sha256(key: &[u8], data: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(data);
    Some(Zeroizing::new(mac.finalize().into_bytes().into()))
}

/// `20261125` and `20261125T101112Z`.
fn stamps(now: UnixTime) -> Option<[String; 2]> {
    let seconds = i64::try_from(now.as_secs()).ok()?;
    let now = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
    let date = format!("{:04}{:02}{:02}", now.year(), u8::from(now.month()), now.day());
    let time = format!("{date}T{:02}{:02}{:02}Z", now.hour(), now.minute(), now.second());
    Some([date, time])
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

const METHOD: &str = "AWS4-HMAC-SHA256";
const JSON: &str = "application/x-amz-json-1.1";
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");
