//! A certificate by ACME (RFC 8555): ordered at the first start, renewed when two thirds of its life are
//! over. That we are who we say is shown by TLS-ALPN-01 (RFC 8737), on the public listener itself.
//!
//! **Invariant:** what serves is replaced by what was judged good, and by nothing else: an authority that is
//! out of reach, or refuses, costs a line in the log and another try.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, BodyWrapper, BytesResponse, ChallengeType,
    HttpClient, Identifier, NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use tokenward::{ErrorChain, UnixTime};
use tokenward_remote::client_tls;
use tokenward_server::http::{Tls, TlsIdentity};
use tokio::time::{sleep, timeout};

use crate::failure::Failure;
use crate::tls::CertificateFiles;
use crate::{clock, files, pki};

/// Where certificates come from, and where they are kept.
#[derive(Clone, Debug)]
pub(crate) struct Acme {
    pub(crate) domains: Vec<String>,
    /// `mailto:`, for the authority to warn.
    pub(crate) contact: Option<String>,
    /// The URL of the authority's directory.
    pub(crate) directory: String,
    /// Certificates that are trusted besides the system's, for the authority itself.
    pub(crate) ca_file: Option<PathBuf>,
    /// Has the account and the certificate, for us alone.
    pub(crate) folder: PathBuf,
}

type Wrong = Box<dyn std::error::Error + Send + Sync>;

impl Acme {
    /// Where the certificate is, once there is one.
    pub(crate) fn files(&self) -> CertificateFiles {
        CertificateFiles {
            certificate: self.folder.join("cert.pem"),
            key: self.folder.join("key.pem"),
        }
    }

    /// Whether there was a certificate before.
    pub(crate) fn has_certificate(&self) -> bool {
        self.files().certificate.exists()
    }

    /// What is served until there is a certificate: one that nobody trusts.
    pub(crate) fn placeholder(&self) -> Result<TlsIdentity, Failure> {
        let made = self_signed(&self.domains, None);
        made.map_err(|error| Failure::cannot(format!("tls.acme: {error}")))
    }

    /// Orders and renews, for ever.
    pub(crate) async fn keep(self, tls: Tls) {
        let mut failures = 0_u32;
        loop {
            let mut wait = None;
            if self.is_due(clock::system().now()) {
                let order = timeout(ORDER, self.order(&tls)).await;
                tls.answer_challenges(Vec::new());
                match order.unwrap_or_else(|_| Err("it took too long".into())) {
                    Ok(identity) => {
                        tls.replace(identity);
                        failures = 0;
                        tracing::info!(domains = ?self.domains, "a new certificate is in use");
                        wait = rest_after_order(self.is_due(clock::system().now()));
                    }
                    Err(error) => {
                        failures = failures.saturating_add(1);
                        let error = ErrorChain::new(&*error).to_string();
                        tracing::error!(
                            directory = self.directory,
                            error,
                            "no new certificate yet"
                        );
                    }
                }
            }
            sleep(wait.unwrap_or_else(|| pause(failures))).await;
        }
    }

    /// Whether there is no certificate that has a third of its life before it.
    fn is_due(&self, now: UnixTime) -> bool {
        let files = self.files();
        if files.load(now).is_err() {
            return true;
        }
        let pem = files::read(&files.certificate).unwrap_or_default();
        let Some([from, to]) = pki::validity(&pem) else { return true };
        let found = pki::names_of(&pem).unwrap_or_default();
        let left = to.since(now).as_secs();
        let is_ours = self.domains.iter().all(|domain| found.contains(domain));
        !is_ours || left < to.since(from).as_secs() / 3
    }

    async fn order(&self, tls: &Tls) -> Result<TlsIdentity, Wrong> {
        files::create_dir(&self.folder).map_err(|failure| failure.to_string())?;
        let account = self.account().await?;
        let domains: Vec<_> = self.domains.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account.new_order(&NewOrder::new(&domains)).await?;
        answer(&mut order, tls).await?;
        let wait = RetryPolicy::new().initial_delay(FIRST_LOOK).timeout(PATIENCE);
        match order.poll_ready(&wait).await? {
            OrderStatus::Ready | OrderStatus::Valid => {}
            _ => return Err("the authority does not find that the names are ours".into()),
        }
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(self.domains.clone())?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        order.finalize_csr(params.serialize_request(&key)?.der()).await?;
        let chain = order.poll_certificate(&wait).await?;
        self.store(&chain, &key.serialize_pem())
    }

    /// Judges what came before anything is overwritten. The key first: a process that is killed between the
    /// two finds at its start that they do not belong together, and orders anew.
    fn store(&self, chain: &str, key: &str) -> Result<TlsIdentity, Wrong> {
        let identity = TlsIdentity::from_pem(chain.as_bytes(), key.as_bytes())?;
        let names = pki::names_of(chain.as_bytes()).unwrap_or_default();
        if !self.domains.iter().all(|domain| names.contains(domain)) {
            return Err("the certificate that came is for other names".into());
        }
        let files = self.files();
        files::replace_private(&files.key, key.as_bytes())
            .map_err(|failure| failure.to_string())?;
        files::replace_private(&files.certificate, chain.as_bytes())
            .map_err(|failure| failure.to_string())?;
        Ok(identity)
    }

    /// The account of before, or a new one; another directory is another account.
    async fn account(&self) -> Result<Account, Wrong> {
        let place = self.folder.join("account.json");
        let http = Box::new(Https::new(self.ca_file.as_deref())?);
        if place.exists() {
            let text = files::read_private(&place).map_err(|failure| failure.to_string())?;
            let kept: Kept = serde_json::from_slice(&text)?;
            if kept.directory == self.directory {
                return Ok(Account::builder_with_http(http).from_credentials(kept.account).await?);
            }
        }
        let contact: Vec<&str> = self.contact.as_deref().into_iter().collect();
        let wanted = NewAccount {
            contact: &contact,
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let builder = Account::builder_with_http(http);
        let (account, credentials) = builder.create(&wanted, self.directory.clone(), None).await?;
        let kept = Kept { directory: self.directory.clone(), account: credentials };
        let text = zeroize::Zeroizing::new(serde_json::to_vec(&kept)?);
        files::replace_private(&place, &text).map_err(|failure| failure.to_string())?;
        Ok(account)
    }
}

/// Shows for each name that it is ours, where that is not known yet.
async fn answer(order: &mut Order, tls: &Tls) -> Result<(), Wrong> {
    let mut answers = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let challenge = authorization.challenge(ChallengeType::TlsAlpn01);
        let mut challenge = challenge.ok_or("the authority does not offer tls-alpn-01")?;
        let name = challenge.identifier().to_string();
        let digest = challenge.key_authorization().digest().as_ref().to_vec();
        answers.push((name.clone(), self_signed(&[name], Some(&digest))?));
        // Before the authority is told to look.
        tls.answer_challenges(answers.clone());
        challenge.set_ready().await?;
    }
    Ok(())
}

/// A certificate of our own for `names`, with what a challenge is to show.
fn self_signed(names: &[String], digest: Option<&[u8]>) -> Result<TlsIdentity, Wrong> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names.to_vec())?;
    params.custom_extensions =
        digest.map(CustomExtension::new_acme_identifier).into_iter().collect();
    let certificate = params.self_signed(&key)?;
    let (chain, key) = (certificate.pem(), key.serialize_pem());
    Ok(TlsIdentity::challenge_from_pem(chain.as_bytes(), key.as_bytes())?)
}

/// How long until the next look: an hour, or after `failures` in a row a minute at first, a day at most.
fn pause(failures: u32) -> Duration {
    match failures.checked_sub(1) {
        None => HOUR,
        Some(again) => MINUTE.saturating_mul(2_u32.saturating_pow(again.min(11))).min(DAY),
    }
}

/// How long a good order is left alone whose certificate is `still_due`: an authority gives no other one an
/// hour later, but counts the orders.
fn rest_after_order(still_due: bool) -> Option<Duration> {
    still_due.then(|| {
        tracing::warn!(
            "the new certificate is due for renewal already; the next order is in a day"
        );
        DAY
    })
}

/// An account, and whose it is.
#[derive(serde::Deserialize, serde::Serialize)]
struct Kept {
    directory: String,
    account: AccountCredentials,
}

/// Asks the authority, by https alone.
struct Https(Client<HttpsConnector<HttpConnector>, BodyWrapper<Bytes>>);

impl Https {
    fn new(ca_file: Option<&Path>) -> Result<Self, Wrong> {
        let read = |path: &Path| files::read(path).map_err(|failure| failure.to_string());
        let tls = client_tls(ca_file.map(read).transpose()?.as_deref())?;
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_only().enable_http1().build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }
}

impl HttpClient for Https {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, instant_acme::Error>> + Send>> {
        let answer = self.0.request(request);
        Box::pin(async move {
            let answer = timeout(ANSWER, answer).await;
            let answer = answer.map_err(|slow| instant_acme::Error::Other(Box::new(slow)))?;
            let answer = answer.map_err(|error| instant_acme::Error::Other(Box::new(error)))?;
            // A chain is a few kilobytes, and a directory less.
            Ok(BytesResponse::from(answer.map(|body| http_body_util::Limited::new(body, MOST))))
        })
    }
}

const FIRST_LOOK: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(90);
const ANSWER: Duration = Duration::from_secs(30);
const ORDER: Duration = Duration::from_secs(5 * 60);
const MOST: usize = 1 << 20;
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_that_refuses_is_asked_ever_less_often_and_once_a_day_at_least() {
        let minutes = |failures| pause(failures).as_secs() / 60;

        assert_eq!([1, 2, 3].map(minutes), [1, 2, 4]);
        assert_eq!([12, u32::MAX].map(minutes), [24 * 60, 24 * 60]);
        assert_eq!(minutes(0), 60);
    }

    #[test]
    fn a_certificate_that_is_due_as_it_comes_is_not_ordered_again_each_hour() {
        assert_eq!(rest_after_order(true), Some(DAY));
        assert_eq!(rest_after_order(false), None);
    }
}
