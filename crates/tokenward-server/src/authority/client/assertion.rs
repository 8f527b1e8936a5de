//! Client assertions: a service proves who it is by what it has signed (`private_key_jwt`, RFC 7523), or by
//! what its platform has signed for it (JWT-SVID).
//!
//! **Invariants:** the keys are those that the service was registered with, or of the trust domain that the
//! configuration names, never any that the assertion brings. What a service signs itself is good once, in all
//! replicas together. Nothing is used up by an assertion that is refused for anything else. Keys that cannot be had
//! are nobody's failure to prove who they are.

use tokenward::crypto::sha256;
use tokenward::{
    AssertionClaims, ClientAssertion, ClientId, IssuerId, Reason, Subject, UnixTime, Verifier,
    VerifierBuilder,
};
use tokenward_remote::KeySetHandle;
use tokenward_sessions::{Service, ServiceProof, SpiffeId};

use crate::authority::Authority;
use crate::authority::dpop::REMEMBERED;
use crate::authority::error::ApiError;
use crate::authority::form::Form;
use crate::authority::keysets::Keys;
use crate::authority::log;

/// RFC 7523 § 2.2.
const SIGNED_BY_CLIENT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// draft-ietf-oauth-spiffe-client-auth.
const SIGNED_BY_PLATFORM: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";

/// An assertion, of which nothing is known yet.
pub(super) struct Assertion {
    by_platform: bool,
    text: String,
    /// Whose keys to look for.
    client: Option<ClientId>,
}

impl Assertion {
    /// What stands in the form of a request (RFC 7521 § 4.2); `None` without any.
    pub(super) fn of_form(form: &Form) -> Result<Option<Self>, ApiError> {
        let (text, kind) = (form.get("client_assertion"), form.get("client_assertion_type"));
        let (Some(text), Some(kind)) = (text, kind) else {
            if text.is_none() && kind.is_none() {
                return Ok(None);
            }
            return Err(ApiError::invalid_request(
                "client_assertion and client_assertion_type go together",
            ));
        };
        let by_platform = match kind {
            SIGNED_BY_CLIENT => false,
            SIGNED_BY_PLATFORM => true,
            // RFC 6749 § 5.2: "unsupported authentication method" is `invalid_client`.
            _ => return Err(ApiError::invalid_client()),
        };
        let named = form.get("client_id").and_then(|name| ClientId::new(name).ok());
        if by_platform || form.get("client_id").is_some() {
            return Ok(Some(Self { by_platform, text: text.to_owned(), client: named }));
        }
        Ok(Some(Self::signed_by_client(text)))
    }

    /// One that stands by itself, signed by the client.
    pub(super) fn signed_by_client(text: &str) -> Self {
        let claimed = ClientAssertion::claimed_subject(text);
        let client = claimed.and_then(|subject| ClientId::new(subject.as_str()).ok());
        Self { by_platform: false, text: text.to_owned(), client }
    }

    pub(super) const fn client(&self) -> Option<&ClientId> {
        self.client.as_ref()
    }
}

/// What comes of an assertion.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Proven {
    /// Its sender is the service.
    Yes,
    No,
    /// Nobody can say: the keys of the service could not be had.
    Undecided,
}

impl From<bool> for Proven {
    fn from(proven: bool) -> Self {
        if proven { Self::Yes } else { Self::No }
    }
}

/// Who decides about an assertion, and whom to tell of a key that is not known.
struct Judge {
    verifier: Verifier<ClientAssertion>,
    fetched: Option<KeySetHandle>,
}

/// Why nobody decides.
enum NoJudge {
    /// That is not how the service proves who it is.
    NoSuchProof,
    KeysAway,
}

impl Judge {
    fn signed_by_client(client: &ClientId, keys: Keys) -> Option<Self> {
        Self::new(Verifier::client_assertion(), client.as_str(), client.as_str(), keys)
    }

    fn signed_by_platform(id: &SpiffeId, keys: Keys) -> Option<Self> {
        Self::new(Verifier::jwt_svid(), id.trust_domain().as_str(), id.id().as_str(), keys)
    }

    fn new(
        builder: VerifierBuilder<ClientAssertion>,
        issuer: &str,
        subject: &str,
        keys: Keys,
    ) -> Option<Self> {
        let builder = builder.issuer(IssuerId::new(issuer).ok()?);
        let builder = builder.subject(Subject::new(subject).ok()?);
        Some(Self { verifier: builder.keys(keys.set).build(), fetched: keys.handle })
    }
}

impl Authority {
    /// Whether `assertion` proves at `now` that its sender is `service`, and was not shown before. The keys of a
    /// service that cannot be had prove nothing.
    pub(super) async fn is_proven(
        &self,
        service: Option<&Service>,
        assertion: &Assertion,
        now: UnixTime,
    ) -> Result<Proven, ApiError> {
        let judge = match service {
            Some(service) => self.judge(service, assertion.by_platform, now).await,
            None => Err(NoJudge::NoSuchProof),
        };
        let keys_are_away = matches!(judge, Err(NoJudge::KeysAway));
        let judge = judge.ok();
        let (Some(service), Some(judge)) = (service, judge) else {
            // As much work as for a client that is known, so that the time tells nobody which names are.
            if let (Some(nobody), Some(keys)) = (&assertion.client, self.key_sets.decoy())
                && let Some(judge) = Judge::signed_by_client(nobody, keys)
            {
                let _refused = judge.verifier.verify(&assertion.text, &[], now);
            }
            return Ok(match service {
                Some(service) if keys_are_away => {
                    log::assertion_undecided(&service.name);
                    Proven::Undecided
                }
                _ => Proven::No,
            });
        };
        let recipients = self.recipients(service);
        let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
        match judge.verifier.verify(&assertion.text, &recipients, now) {
            Ok(claims) => {
                // Whoever is over its rate has it told before anything is written down; nothing is taken yet,
                // so that one who shows a spent assertion again uses up nothing of its owner's.
                self.by_client.look(service.name.as_str(), now)?;
                self.is_first_use(service, &claims, now).await.map(Proven::from)
            }
            Err(rejected) => {
                let reason = *rejected.reason();
                if let (Reason::UnknownKey, Some(keys)) = (reason, &judge.fetched) {
                    keys.unknown_key();
                }
                log::assertion_refused(&service.name, &reason);
                Ok(Proven::No)
            }
        }
    }

    async fn judge(
        &self,
        service: &Service,
        by_platform: bool,
        now: UnixTime,
    ) -> Result<Judge, NoJudge> {
        let judge = match (&service.proof, by_platform) {
            (Some(ServiceProof::Keys(keys)), false) => {
                let set = keys.key_set().map_err(|_| NoJudge::KeysAway)?;
                Judge::signed_by_client(&service.name, Keys { set, handle: None })
            }
            (Some(ServiceProof::KeysAt(url)), false) => {
                let keys = self.key_sets.at(url, now).await.ok_or(NoJudge::KeysAway)?;
                Judge::signed_by_client(&service.name, keys)
            }
            (Some(ServiceProof::Spiffe(id)), true) => {
                let keys = self.key_sets.of_trust_domain(id.trust_domain(), now).await;
                Judge::signed_by_platform(id, keys.ok_or(NoJudge::KeysAway)?)
            }
            _ => None,
        };
        judge.ok_or(NoJudge::NoSuchProof)
    }

    /// The names under which an assertion may be meant for this server, each exactly (RFC 7523 § 3, rule 3):
    /// its issuer identifier, its token endpoint, and those of the issuers that it is for the service.
    fn recipients(&self, service: &Service) -> Vec<String> {
        let issuer = &self.settings.issuer;
        let audiences = service.audiences.iter().filter_map(|name| self.audiences.get(name));
        let own = [issuer.to_string(), format!("{issuer}/oauth2/token")];
        own.into_iter().chain(audiences.map(|a| a.issuer_id.to_string())).collect()
    }

    async fn is_first_use(
        &self,
        service: &Service,
        claims: &AssertionClaims,
        now: UnixTime,
    ) -> Result<bool, ApiError> {
        let Some(id) = claims.token_id() else { return Ok(true) };
        if matches!(service.proof, Some(ServiceProof::Spiffe(_))) {
            return Ok(true);
        }
        // Neither name holds a space.
        let hash = sha256(format!("assertion {} {id}", service.name).as_bytes());
        let until = claims.remember_until().saturating_add(REMEMBERED);
        let first = self.sessions.use_proof(&hash, until, now).await?;
        if !first {
            log::assertion_replayed(&service.name);
        }
        Ok(first)
    }
}
