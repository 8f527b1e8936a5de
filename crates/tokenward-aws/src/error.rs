//! What can go wrong between us and AWS, each with its mend.

use std::error::Error;
use std::time::Duration;

use crate::address::Region;

#[cfg(test)]
mod tests;

/// AWS did not do what it was asked.
///
/// `keys.aws.…` in the texts are settings of `tokenward.toml`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AwsError {
    /// No connection, or it broke before the answer: the address, the network, or a certificate that is
    /// not trusted.
    #[error(
        "{address} cannot be reached: look at keys.aws.region, keys.aws.endpoint and the network"
    )]
    Unreachable {
        /// The address that was tried.
        address: String,
        /// Whether the request may have arrived.
        connected: bool,
        /// What came instead of a connection.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The connection broke in the midst of the answer.
    #[error("the answer broke off")]
    BrokeOff(#[source] hyper::Error),
    /// AWS took too long.
    #[error("AWS took longer than {:.1} s (keys.aws.timeout)", wait.as_secs_f64())]
    TooSlow {
        /// How long was waited.
        wait: Duration,
    },
    /// The answer is longer than any that is expected.
    #[error("the answer is longer than {limit} bytes: is keys.aws.endpoint that of AWS?")]
    TooLong {
        /// The most that is read.
        limit: usize,
    },
    /// The answer is not what the documentation of the API says.
    #[error("the answer to {action} makes no sense: is keys.aws.endpoint that of AWS?")]
    Garbage {
        /// What was asked.
        action: &'static str,
    },
    /// The credentials could not be had.
    #[error("there are no credentials for AWS: {why}")]
    NoCredentials {
        /// Where they were looked for, and the mend.
        why: String,
    },
    /// The access key is unknown: deleted, deactivated, or of another partition.
    #[error(
        "AWS does not know the access key {found_in}: set it to one that is active, with its session token if it has one"
    )]
    UnknownKey {
        /// Where the access key was found.
        found_in: &'static str,
    },
    /// The secret is not that of the access key.
    #[error("the secret is not that of the access key {found_in}: correct it")]
    WrongSecret {
        /// Where the access key was found.
        found_in: &'static str,
    },
    /// Credentials that end have ended.
    #[error("the credentials {found_in} have expired: replace them")]
    Expired {
        /// Where they were found.
        found_in: &'static str,
    },
    /// Requests are signed with the time, which AWS finds too far from its own.
    #[error("AWS refuses the time of our requests{by}: set the clock of this machine")]
    Clock {
        /// `, as the clock here is 3600 s ahead`, if it is known.
        by: String,
    },
    /// The endpoint is that of another region.
    #[error("the endpoint is not in region {region}: correct keys.aws.region or keys.aws.endpoint")]
    OtherRegion {
        /// The region that is configured.
        region: Region,
    },
    /// No policy allows it.
    #[error("AWS denies {action}: grant it in the policy (docs/custody-aws.md); AWS says: {said}")]
    Denied {
        /// The permission that is missing.
        action: &'static str,
        /// Its own words, cut.
        said: String,
    },
    /// More was asked than the account may in a second.
    #[error("AWS throttles {action}: raise the request quota of the account in this region")]
    Throttled {
        /// What was asked.
        action: &'static str,
    },
    /// AWS is in trouble.
    #[error("AWS fails at {action} ({status}): {said}")]
    Failing {
        /// What was asked.
        action: &'static str,
        /// The status of the answer.
        status: u16,
        /// Its own words, cut.
        said: String,
    },
    /// There is nothing of that name.
    #[error("AWS holds nothing for {action}: {said}")]
    Missing {
        /// What was asked.
        action: &'static str,
        /// Its own words, cut.
        said: String,
    },
    /// It is there, and disabled or about to be deleted.
    #[error("AWS refuses {action} on what is disabled or to be deleted: {said}")]
    WrongState {
        /// What was asked.
        action: &'static str,
        /// Its own words, cut.
        said: String,
    },
    /// The key must not wrap what a whole store hangs on.
    #[error("the KMS key {arn} {why}")]
    UnfitToWrap {
        /// Its ARN.
        arn: String,
        /// What is wrong with it, and the mend.
        why: String,
    },
    /// AWS refuses what was asked.
    #[error("AWS refuses {action}: {code}: {said}")]
    Refused {
        /// What was asked.
        action: &'static str,
        /// The code of the error.
        code: String,
        /// Its own words, cut.
        said: String,
    },
}

impl AwsError {
    /// Whether the same request may be answered in a moment.
    pub(crate) const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::BrokeOff(_)
                | Self::Throttled { .. }
                | Self::Failing { .. }
        )
    }

    /// Whether it passes without any setting being changed.
    pub(crate) const fn is_out_of_reach(&self) -> bool {
        self.is_passing() || matches!(self, Self::TooSlow { .. })
    }

    /// Whether AWS has certainly not done what it was asked.
    pub(crate) const fn is_undone(&self) -> bool {
        matches!(self, Self::Unreachable { connected: false, .. } | Self::Throttled { .. })
    }
}

/// An answer that is no good one: its status, and what AWS calls the error.
pub(crate) struct Refusal<'a> {
    pub(crate) action: &'static str,
    pub(crate) status: u16,
    pub(crate) code: &'a str,
    pub(crate) said: &'a str,
    /// Where the credentials came from.
    pub(crate) found_in: &'static str,
    pub(crate) region: &'a Region,
    /// How far the clock here is ahead of theirs, in seconds.
    pub(crate) ahead: Option<i64>,
}

impl Refusal<'_> {
    /// What AWS means ("Common error types" of the API references of KMS, Secrets Manager and STS).
    pub(crate) fn judge(&self) -> AwsError {
        let (action, found_in) = (self.action, self.found_in);
        let said = words(self.said);
        match self.code {
            "ThrottlingException"
            | "Throttling"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
            | "RequestThrottled"
            | "SlowDown" => AwsError::Throttled { action },
            "ExpiredTokenException" | "ExpiredToken" => AwsError::Expired { found_in },
            "UnrecognizedClientException" | "InvalidClientTokenId" => {
                AwsError::UnknownKey { found_in }
            }
            "RequestTimeTooSkewed" | "RequestExpired" | "RequestInTheFuture" => self.clock(),
            "InvalidSignatureException" | "SignatureDoesNotMatch" => self.signature(),
            "AccessDeniedException" | "AccessDenied" => AwsError::Denied { action, said },
            "NotFoundException" | "ResourceNotFoundException" => AwsError::Missing { action, said },
            "DisabledException" | "KMSInvalidStateException" | "InvalidRequestException" => {
                AwsError::WrongState { action, said }
            }
            "DependencyTimeoutException" | "KeyUnavailableException" => {
                AwsError::Failing { action, status: self.status, said }
            }
            _ if self.status >= 500 => AwsError::Failing { action, status: self.status, said },
            "" => AwsError::Garbage { action },
            code => AwsError::Refused { action, code: words(code), said },
        }
    }

    /// One code has three meanings, which its text tells apart.
    fn signature(&self) -> AwsError {
        if self.said.starts_with("Signature expired") || self.said.contains("not yet current") {
            self.clock()
        } else if self.said.contains("valid region") {
            AwsError::OtherRegion { region: self.region.clone() }
        } else {
            AwsError::WrongSecret { found_in: self.found_in }
        }
    }

    fn clock(&self) -> AwsError {
        let by = match self.ahead {
            Some(ahead) if ahead > 0 => format!(", as the clock here is {ahead} s ahead"),
            Some(ahead) => format!(", as the clock here is {} s behind", ahead.unsigned_abs()),
            None => String::new(),
        };
        AwsError::Clock { by }
    }
}

/// The words of another system, cut and on one line.
pub(crate) fn words(text: &str) -> String {
    let plain: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_SAID).collect();
    let plain: Vec<&str> = plain.split_whitespace().collect();
    if plain.is_empty() { "nothing more".to_owned() } else { plain.join(" ") }
}

const MOST_SAID: usize = 300;
