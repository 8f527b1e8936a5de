//! Devices, good and bad, against a relying party: the files under `vectors/passkeys/`.
#![cfg(test)]

use std::sync::LazyLock;

use serde_json::{Value, json};
use tokenward::crypto::{Secret256, sha256};
use tokenward::{Algorithm, Audience, SessionId, Subject, UnixTime, b64};
use tokenward_sessions::{
    Asserted, Assertion, CHALLENGE_LIFETIME, ChallengeKey, CredentialId, Expected, Passkey,
    PasskeyHolder, PasskeyName, PasskeyRefused, Purpose, Registration, RelyingParty,
};
use tokenward_testing::passkeys::{Device, Otherwise, cases};

const APP: &str = "https://app.example.com";
const ANDROID: &str = "android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const NOW: UnixTime = UnixTime::from_secs(1_000_000);
const HANDLE: &[u8] = b"alice's handle";

#[test]
fn every_answer_to_a_challenge_gets_its_verdict_by_every_algorithm() {
    let world = World::new();
    let mut seen = 0;
    for algorithm in ALL {
        // One of each: an RSA key takes its time.
        let mut device = Device::new(algorithm);
        let passkey = world.enrol(&mut device, &json!({})).unwrap();
        for case in cases("assertions.json") {
            if algorithms(&case, &ALL).contains(&algorithm) {
                let verdict = world.verify(&mut device, &passkey, &case);
                assert_eq!(verdict, case["verdict"], "{case} {algorithm}");
                seen += 1;
            }
        }
    }
    assert!(seen > 120, "{seen}");
}

#[test]
fn every_enrolment_gets_its_verdict() {
    let world = World::new();
    for case in cases("enrolments.json") {
        for algorithm in algorithms(&case, &[Algorithm::Es256]) {
            let verdict = label(world.enrol(&mut Device::new(algorithm), &case));
            assert_eq!(verdict, case["verdict"], "{case}");
        }
    }
}

#[test]
fn what_was_enrolled_is_what_the_device_said() {
    let world = World::new();
    let mut device = Device { count: 7, ..Device::new(Algorithm::Es256) };

    let passkey = world.enrol(&mut device, &json!({})).unwrap();

    assert_eq!(passkey.id.as_bytes(), device.id);
    assert_eq!((passkey.sign_count, passkey.backup_eligible), (8, false));
    assert_eq!(passkey.transports, ["hybrid", "internal"]);
    assert_eq!(passkey.public_key, device.key.verifying_key().to_spki_der().unwrap());
    assert!(world.enrol(&mut device, &json!({"flags": 93})).unwrap().backup_eligible);
}

#[test]
fn two_challenges_are_never_the_same_and_a_response_names_the_one_that_it_used() {
    let world = World::new();
    let challenge = || world.key.challenge(Purpose::Refresh, &session("s1"), NOW);
    assert_ne!(challenge(), challenge());

    let mut device = Device::new(Algorithm::EdDsa);
    let passkey = world.enrol(&mut device, &json!({})).unwrap();
    let challenge = challenge();
    let options = json!({"challenge": b64::encode(&challenge), "rpId": "example.com"});
    let answer = device.get(&options, APP, &Otherwise::default());

    let asserted = world.check(&answer, &passkey).unwrap();

    let used = asserted.challenge();
    assert_eq!((used.hash, used.made_at), (sha256(&challenge), NOW));
    assert!(used.forget_at > NOW.saturating_add(CHALLENGE_LIFETIME));
}

#[test]
fn a_relying_party_is_a_domain_with_pages_on_it_and_says_what_is_wrong() {
    let fine = [
        ("example.com", vec!["https://example.com", "https://app.example.com:8443", ANDROID]),
        ("localhost", vec!["https://localhost:8443"]),
        ("xn--mnchen-3ya.example", vec!["https://xn--mnchen-3ya.example"]),
    ];
    for (id, origins) in fine {
        RelyingParty::new(id, origins).unwrap();
    }
    let bad = [
        ("", vec![APP], "rp_id"),
        ("com", vec![APP], "rp_id"),
        ("Example.com", vec![APP], "rp_id"),
        ("https://example.com", vec![APP], "rp_id"),
        ("example.com:443", vec![APP], "rp_id"),
        ("example.com.", vec![APP], "rp_id"),
        ("127.0.0.1", vec!["https://127.0.0.1"], "rp_id"),
        ("example.com", vec![], "origins"),
        ("example.com", vec!["https://notexample.com"], "origins"),
        ("example.com", vec!["https://example.com.evil.org"], "origins"),
        ("app.example.com", vec!["https://example.com"], "origins"),
        ("example.com", vec!["http://example.com"], "origins"),
        ("example.com", vec!["https://example.com/"], "origins"),
        ("example.com", vec!["https://example.com:443"], "origins"),
        ("example.com", vec!["https://example.com:08443"], "origins"),
        ("example.com", vec!["https://user@example.com"], "origins"),
        ("example.com", vec!["https://Example.com"], "origins"),
        ("example.com", vec!["android:apk-key-hash:AAAA"], "origins"),
        ("example.com", vec!["*"], "origins"),
    ];
    for (id, origins, setting) in bad {
        let error = RelyingParty::new(id, origins.clone()).unwrap_err();
        assert_eq!(error.setting, setting, "{id} {origins:?}");
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn the_key_behind_challenges_is_never_shown() {
    let shown = format!("{:?}", ChallengeKey::new(&Secret256::random()));
    assert_eq!(shown, "ChallengeKey(..)");
}

const ALL: [Algorithm; 3] = [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256];

fn algorithms(case: &Value, usual: &[Algorithm]) -> Vec<Algorithm> {
    match case["algorithm"].as_str() {
        Some(name) => vec![name.parse().unwrap()],
        None => usual.to_vec(),
    }
}

struct World {
    site: RelyingParty,
    key: ChallengeKey,
    other_key: ChallengeKey,
}

impl World {
    fn new() -> Self {
        let site = RelyingParty::new("example.com", [APP, ANDROID]).unwrap();
        let [key, other_key] = [(); 2].map(|()| ChallengeKey::new(&Secret256::random()));
        Self { site, key, other_key }
    }

    fn enrol(&self, device: &mut Device, case: &Value) -> Result<Passkey, PasskeyRefused> {
        let options = json!({
            "challenge": self.challenge(case, "create"),
            "rp": {"id": "example.com"},
            "user": {"id": b64::encode(HANDLE)},
        });
        let answer = device.create(&options, origin(case), &Otherwise::new(case));
        let holder = PasskeyHolder {
            audience: Audience::new("api").unwrap(),
            subject: Subject::new("alice").unwrap(),
        };
        let name = PasskeyName::new("phone").unwrap();
        let registration = Registration::parse(answer.as_object().unwrap())?;
        let expected = self.expected(Purpose::Create);
        self.site.enrol(&registration, &expected, holder, name).map(|(passkey, _)| passkey)
    }

    fn verify(&self, device: &mut Device, passkey: &Passkey, case: &Value) -> &'static str {
        let options = json!({"challenge": self.challenge(case, "refresh"), "rpId": "example.com"});
        let answer = device.get(&options, origin(case), &Otherwise::new(case));
        label(self.check(&answer, passkey))
    }

    fn check(&self, answer: &Value, passkey: &Passkey) -> Result<Asserted, PasskeyRefused> {
        let assertion = Assertion::parse(answer.as_object().unwrap())?;
        self.site.verify(&assertion, &self.expected(Purpose::Refresh), passkey, HANDLE)
    }

    fn expected<'a>(&'a self, purpose: Purpose<'a>) -> Expected<'a> {
        static SESSION: LazyLock<SessionId> = LazyLock::new(|| session("s1"));
        Expected { key: &self.key, purpose, session: &SESSION, now: NOW }
    }

    /// The challenge that a case answers: this ceremony's, unless it says otherwise.
    fn challenge(&self, case: &Value, purpose: &str) -> String {
        let said = &case["challenge"];
        let id = CredentialId::new(b"old phone").unwrap();
        let purpose = match said["purpose"].as_str().unwrap_or(purpose) {
            "refresh" => Purpose::Refresh,
            "create" => Purpose::Create,
            "allow" => Purpose::Allow,
            "remove" => Purpose::Remove(&id),
            other => panic!("{other}"),
        };
        let key = if said["key"].is_string() { &self.other_key } else { &self.key };
        let ago = said["seconds_ago"].as_i64().unwrap_or_default();
        let made = UnixTime::from_secs(NOW.as_secs().checked_sub_signed(ago).unwrap());
        let session = session(said["session"].as_str().unwrap_or("s1"));
        b64::encode(&key.challenge(purpose, &session, made))
    }
}

fn origin(case: &Value) -> &str {
    case["origin"].as_str().unwrap_or(APP)
}

fn session(id: &str) -> SessionId {
    SessionId::new(id).unwrap()
}

fn label<T>(result: Result<T, PasskeyRefused>) -> &'static str {
    result.map_or_else(PasskeyRefused::as_str, |_| "accepted")
}
