//! Verifiers of every kind, built from what a vector asks for.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokenward::{
    Audience, CacheSize, CachedVerifier, CertificateThumbprint, ClientAssertion, HasAddressee,
    IssuerId, KeySet, KeySetVersion, LoadBalancerArn, Nonce, Preset, Proof, ProofNonce,
    ProofRequest, ProofVerifier, Reason, Rejected, Seen, Shown, Subject, UnixTime, Verified,
    Verifier, VerifierBuilder, b64, profile::Profile,
};

use super::{hash_of_keys, key};

type Ask = Map<String, Value>;

/// Offers `token` to a verifier of `profile`; says `accepted`, or why not.
pub(crate) fn offer(profile: &str, ask: &Ask, token: &str, now: UnixTime) -> String {
    let verdict = match profile {
        "access_token" => {
            ready(Verifier::builder(), audience(ask), ask).verify(token, now).map(drop)
        }
        "bound_access_token" => bound(ask, token, now),
        "certificate_bound_access_token" => certificate_bound(ask, token, now),
        "id_token" => id_token(ask, token, now),
        "logout_token" => {
            let mut builder = Verifier::logout_token();
            if ask.contains_key("untyped") {
                builder = builder.accept_untyped();
            }
            ready(builder, audience(ask), ask).verify(token, now).map(drop)
        }
        "security_event" => {
            ready(Verifier::security_event(), audience(ask), ask).verify(token, now).map(drop)
        }
        "status_list" => {
            ready(Verifier::status_list(), subject(ask), ask).verify(token, now).map(drop)
        }
        "key_set_statement" => {
            let seen = ask.get("seen").map(version);
            let seen = seen.as_ref().map_or(Seen::Nothing, Seen::Version);
            let verifier = ready(Verifier::key_set_statement(), subject(ask), ask);
            verifier.verify(token, seen, now).map(drop)
        }
        "client_assertion" => assertion(Verifier::client_assertion(), ask, token, now),
        "jwt_svid" => assertion(Verifier::jwt_svid(), ask, token, now),
        "foreign" => {
            ready(Verifier::foreign(preset(ask)), audience(ask), ask).verify(token, now).map(drop)
        }
        "dpop_proof" => proof(ask, token, now),
        other => panic!("no profile {other}"),
    };
    verdict.map_or_else(|rejected| label(&rejected), |()| "accepted".to_owned())
}

fn assertion(
    builder: VerifierBuilder<ClientAssertion>,
    ask: &Ask,
    token: &str,
    now: UnixTime,
) -> Result<(), Rejected> {
    let audience = text(ask, "audience").unwrap_or("billing-api");
    let recipients = [audience, "https://auth.example.com/oauth2/token"];
    ready(builder, subject(ask), ask).verify(token, &recipients, now).map(drop)
}

fn id_token(ask: &Ask, token: &str, now: UnixTime) -> Result<(), Rejected> {
    let nonce = text(ask, "nonce").map_or(Nonce::NotSent, Nonce::Sent);
    let claims = ready(Verifier::id_token(), audience(ask), ask).verify(token, nonce, now)?;
    text(ask, "access_token").map_or(Ok(()), |token| claims.check_access_token(token))?;
    text(ask, "code").map_or(Ok(()), |code| claims.check_code(code))
}

/// `token` is an access token that comes by a connection with the `certificate` of `ask`, if it has one,
/// where every token is to be bound to it; and with a proof, if that is asked for too.
fn certificate_bound(ask: &Ask, token: &str, now: UnixTime) -> Result<(), Rejected> {
    let certificate = text(ask, "certificate").map(|der| CertificateThumbprint::of(der.as_bytes()));
    let shown = Shown::nothing();
    let shown = certificate.as_ref().map_or(shown, |certificate| shown.certificate(certificate));
    let proof = ask.contains_key("proof_key").then(|| made_proof(ask, token)).transpose()?;
    let shown = proof.as_ref().map_or(shown, |proof| shown.proof(proof));
    let verifier = ready(Verifier::builder(), audience(ask), ask);
    let claims = verifier.verify_shown(token, shown, now)?;
    assert_eq!(
        CachedVerifier::new(verifier, CacheSize::tokens(64)).verify(token, now).map(drop),
        match claims.certificate_thumbprint() {
            Some(_) => Err(Reason::ProofRequired.into()),
            None => Ok(()),
        },
        "a bound token is bound for every verifier"
    );
    claims.certificate_thumbprint().map(drop).ok_or_else(|| Reason::NotBound.into())
}

/// `token` is an access token that comes with the proof that `ask` describes.
fn bound(ask: &Ask, token: &str, now: UnixTime) -> Result<(), Rejected> {
    let verifier = ready(Verifier::builder(), audience(ask), ask);
    verifier.verify_bound(token, &made_proof(ask, token)?, now).map(drop)
}

fn made_proof(ask: &Ask, token: &str) -> Result<Verified<Proof>, Rejected> {
    let made_for = text(ask, "proof_token").unwrap_or(token);
    let ath = b64::encode(&tokenward::crypto::sha256(made_for.as_bytes()));
    let signer = key(text(ask, "proof_key").unwrap());
    let mut jwk = signer.verifying_key().to_jwk().unwrap();
    jwk.retain(|name, _| name != "kid" && name != "use");
    let header = json!({"typ": "dpop+jwt", "alg": signer.algorithm().as_str(), "jwk": jwk});
    let (method, uri) = ("GET", "https://api.example.com/orders");
    let mut claims = json!({"jti": "p-1", "htm": method, "htu": uri, "iat": 1_000_000});
    let request = if ask.contains_key("proof_without_token") {
        ProofRequest::without_token(method, uri).unwrap()
    } else {
        claims.as_object_mut().unwrap().insert("ath".to_owned(), ath.into());
        ProofRequest::with_token(method, uri, made_for).unwrap()
    };
    let part = |value: Value| b64::encode(value.to_string().as_bytes());
    let input = format!("{}.{}", part(header), part(claims));
    let proof = format!("{input}.{}", b64::encode(&signer.sign(input.as_bytes()).unwrap()));

    let made = UnixTime::from_secs(1_000_000);
    ProofVerifier::new().verify(&proof, &request, ProofNonce::NotUsed, made)
}

fn proof(ask: &Ask, token: &str, now: UnixTime) -> Result<(), Rejected> {
    let (method, uri) = (text(ask, "method").unwrap(), text(ask, "uri").unwrap());
    let request = match text(ask, "access_token") {
        Some(access_token) => ProofRequest::with_token(method, uri, access_token),
        None => ProofRequest::without_token(method, uri),
    };
    let nonces: Option<Vec<&str>> = ask
        .get("nonces")
        .map(|all| all.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect());
    let nonce = nonces.as_deref().map_or(ProofNonce::NotUsed, ProofNonce::OneOf);
    let mut verifier = ProofVerifier::new();
    if let Some(seconds) = ask.get("max_age").and_then(Value::as_u64) {
        verifier = verifier.max_age(Duration::from_secs(seconds));
    }
    if let Some(algorithms) = ask.get("algorithms").and_then(Value::as_array) {
        let parse = |name: &Value| name.as_str().unwrap().parse().unwrap();
        verifier = verifier.algorithms(algorithms.iter().map(parse));
    }
    verifier.verify(token, &request.unwrap(), nonce, now).map(drop)
}

/// A verifier with what every kind needs.
fn ready<P, A>(builder: VerifierBuilder<P>, addressee: A, ask: &Ask) -> Verifier<P>
where
    P: Profile<Addressee = A>,
    A: HasAddressee<A> + Addressed<P>,
{
    let keys = ["es256", "rs256", "ed25519"].map(|name| key(name).verifying_key().clone());
    let builder = match ask.get("max_lifetime").and_then(Value::as_u64) {
        Some(seconds) => builder.max_lifetime(Duration::from_secs(seconds)),
        None => builder,
    };
    let builder = builder
        .issuer(IssuerId::new(text(ask, "issuer").unwrap_or(ISSUER)).unwrap())
        .keys(KeySet::from_keys(keys).unwrap());
    addressee.address(builder)
}

type Keyed<P> = VerifierBuilder<P, IssuerId, tokenward::Missing, KeySet>;

/// Whom a token is for, or what it is about, said to a builder.
trait Addressed<P: Profile>: Sized {
    fn address(self, builder: Keyed<P>) -> Verifier<P>;
}

impl<P: Profile<Addressee = Self>> Addressed<P> for Audience {
    fn address(self, builder: Keyed<P>) -> Verifier<P> {
        builder.audience(self).build()
    }
}

impl<P: Profile<Addressee = Self>> Addressed<P> for Subject {
    fn address(self, builder: Keyed<P>) -> Verifier<P> {
        builder.subject(self).build()
    }
}

fn audience(ask: &Ask) -> Audience {
    Audience::foreign(text(ask, "audience").unwrap_or("billing-api")).unwrap()
}

fn subject(ask: &Ask) -> Subject {
    Subject::new(text(ask, "subject").unwrap_or("u-1")).unwrap()
}

fn version(seen: &Value) -> KeySetVersion {
    KeySetVersion::new(seen["number"].as_u64().unwrap(), hash_of_keys(&seen["keys"]))
}

fn preset(ask: &Ask) -> Preset {
    match text(ask, "preset").unwrap() {
        "auth0" => Preset::Auth0,
        "cognito" => Preset::Cognito,
        "aws_load_balancer" => {
            Preset::AwsLoadBalancer(LoadBalancerArn::new(text(ask, "signer").unwrap()).unwrap())
        }
        "entra_v2" => Preset::EntraV2,
        "keycloak" => Preset::Keycloak,
        "okta" => Preset::Okta,
        "google" => Preset::Google,
        "plain" => Preset::Plain,
        other => panic!("no preset {other}"),
    }
}

fn text<'a>(ask: &'a Ask, name: &str) -> Option<&'a str> {
    ask.get(name).and_then(Value::as_str)
}

/// The label of the reason, with the claim that it names.
fn label(rejected: &Rejected) -> String {
    use tokenward::Reason::{InvalidClaim, MissingClaim};

    assert_eq!(rejected.to_string(), "invalid token");
    let reason = rejected.reason();
    match reason {
        MissingClaim(name) | InvalidClaim(name) => format!("{} {name}", reason.as_str()),
        _ => reason.as_str().to_owned(),
    }
}

const ISSUER: &str = "https://auth.example.com/audiences/billing-api";
