//! Any bytes as what a device makes and a browser says: read without a panic, and nothing is enrolled or verified
//! that its own key did not sign for.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};
use tokenward::crypto::Secret256;
use tokenward::{Audience, SessionId, Subject, UnixTime, b64};
use tokenward_sessions::{
    Assertion, ChallengeKey, Expected, Passkey, PasskeyHolder, PasskeyName, Purpose, Registration,
    RelyingParty,
};

const NOW: UnixTime = UnixTime::from_secs(1_000_000);

static SITE: LazyLock<RelyingParty> = LazyLock::new(|| {
    RelyingParty::new("example.com", ["https://example.com"]).expect("a domain and an origin")
});
static KEY: LazyLock<ChallengeKey> =
    LazyLock::new(|| ChallengeKey::new(&Secret256::from_bytes([7; 32])));
static SESSION: LazyLock<SessionId> = LazyLock::new(|| SessionId::new("s1").expect("an id"));

fuzz_target!(|bytes: &[u8]| {
    let said = client_data("webauthn.create", Purpose::Create);
    let object = json!({"clientDataJSON": said, "attestationObject": b64::encode(bytes)});
    let passkey = enrol(&credential(bytes, object));
    // As client data, and as the whole of the JSON.
    enrol(&credential(
        bytes,
        json!({"clientDataJSON": b64::encode(bytes), "attestationObject": "oA"}),
    ));
    if let Ok(object) = tokenward::json::from_slice::<Map<String, Value>>(bytes) {
        enrol(&object);
    }
    let Some(passkey) = passkey else { return };
    let said = client_data("webauthn.get", Purpose::Refresh);
    let object =
        json!({"clientDataJSON": said, "authenticatorData": b64::encode(bytes), "signature": "AA"});
    let assertion =
        Assertion::parse(&credential(passkey.id.as_bytes(), object)).expect("well-formed");
    assert!(SITE.verify(&assertion, &expected(Purpose::Refresh), &passkey, b"").is_err());
});

fn enrol(object: &Map<String, Value>) -> Option<Passkey> {
    let registration = Registration::parse(object).ok()?;
    let holder = PasskeyHolder {
        audience: Audience::new("api").expect("a name"),
        subject: Subject::new("alice").expect("a name"),
    };
    let name = PasskeyName::new("phone").expect("a name");
    SITE.enrol(&registration, &expected(Purpose::Create), holder, name)
        .ok()
        .map(|(passkey, _)| passkey)
}

fn expected(purpose: Purpose<'static>) -> Expected<'static> {
    Expected { key: &KEY, purpose, session: &SESSION, now: NOW }
}

fn client_data(kind: &str, purpose: Purpose<'_>) -> String {
    let challenge = b64::encode(&KEY.challenge(purpose, &SESSION, NOW));
    let said = json!({"type": kind, "challenge": challenge, "origin": "https://example.com"});
    b64::encode(said.to_string().as_bytes())
}

/// Under the id that stands in authenticator data, if it does there.
fn credential(bytes: &[u8], response: Value) -> Map<String, Value> {
    let id = bytes.get(..16).filter(|id| !id.is_empty()).unwrap_or(b"id");
    let id = b64::encode(id);
    let credential = json!({"id": id, "type": "public-key", "response": response});
    credential.as_object().expect("an object").clone()
}
