//! Whatever comes in, nothing panics and nothing forged gets through.
#![cfg(test)]

use std::sync::LazyLock;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use tokenward::danger::decode_unverified;
use tokenward::{
    AccessLifetime, Algorithm, Audience, ClientId, Issuer, IssuerId, Jti, KeySet, Scope,
    SigningKey, Subject, TokenRequest, UnixTime, Verifier, VerifyingKey, b64,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_is_a_token_by_chance(text in ".{0,200}") {
        prop_assert!(VERIFIER.verify(&text, NOW).is_err());
        let _outcome = decode_unverified(&text);
    }

    #[test]
    fn no_three_parts_are_a_token_by_chance(
        header in any::<Vec<u8>>(), payload in any::<Vec<u8>>(), signature in any::<Vec<u8>>(),
    ) {
        let parts = [header, payload, signature].map(|part| b64::encode(&part));
        prop_assert!(VERIFIER.verify(&parts.join("."), NOW).is_err());
    }

    #[test]
    fn no_bytes_are_a_key_that_panics(bytes in any::<Vec<u8>>(), text in ".{0,200}") {
        let _jwk = VerifyingKey::from_jwk(&bytes);
        let _private = SigningKey::from_jwk(&bytes);
        let _set = KeySet::parse(&bytes);
        let _pem = SigningKey::from_pem(&text, None);
        for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa, Algorithm::Hs256] {
            let _spki = VerifyingKey::from_spki_der(algorithm, &bytes);
            let _pkcs8 = SigningKey::from_pkcs8_der(algorithm, &bytes);
            let _secret = VerifyingKey::from_secret(algorithm, &bytes);
        }
    }

    #[test]
    fn a_flipped_bit_spoils_a_token(at in any::<Index>(), bit in 0_u8..7) {
        let mut bytes = TOKEN.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert!(VERIFIER.verify(&changed, NOW).is_err());
    }

    #[test]
    fn a_flipped_bit_spoils_a_key_or_makes_another(at in any::<Index>(), bit in 0_u8..8) {
        let mut document = KEY.to_pkcs8_der().unwrap().to_vec();
        let at = at.index(document.len());
        document[at] ^= 1 << bit;
        if let Ok(key) = SigningKey::from_pkcs8_der(Algorithm::Es256, &document) {
            // Whatever was read, its two halves belong together.
            let signature = key.sign(b"input").unwrap();
            prop_assert!(key.verifying_key().verify(b"input", &signature));
        }
    }

    #[test]
    fn a_token_is_good_exactly_from_its_issue_to_its_end(
        secs in 0_u64..2_000_000, leeway in 0_u64..60,
    ) {
        let verifier = verifier(Duration::from_secs(leeway));
        let leeway = Duration::from_secs(leeway.min(30));
        let begin = UnixTime::from_secs(1_000_000).saturating_sub(leeway).as_secs();
        let end = UnixTime::from_secs(1_000_300).saturating_add(leeway).as_secs();
        let good = (begin..end).contains(&secs);
        prop_assert_eq!(verifier.verify(&TOKEN, UnixTime::from_secs(secs)).is_ok(), good);
    }

    #[test]
    fn subjects_and_scopes_come_out_as_they_went_in(
        subject in "[^\\p{Cc}]{1,60}", scope in "[!#-\\[\\]-~]{1,20}( [!#-\\[\\]-~]{1,20}){0,3}",
    ) {
        let subject = Subject::new(subject).unwrap();
        let scope = Scope::parse(&scope).unwrap();
        let request = TokenRequest::new(subject.clone(), ClientId::new("web").unwrap(), Jti::random())
            .scope(scope.clone());
        let token = issuer().issue(request, &KEY, NOW).unwrap();
        let verified = VERIFIER.verify(&token, NOW).unwrap();
        prop_assert_eq!(verified.subject(), &subject);
        prop_assert_eq!(verified.scope(), &scope);
    }
}

const NOW: UnixTime = UnixTime::from_secs(1_000_000);

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::Es256));
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| verifier(Duration::from_secs(5)));
static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let subject = Subject::new("u-1").unwrap();
    let request = TokenRequest::new(subject, ClientId::new("web").unwrap(), Jti::random());
    issuer().issue(request, &KEY, NOW).unwrap()
});

fn issuer() -> Issuer {
    Issuer::builder()
        .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .lifetime(AccessLifetime::new(Duration::from_secs(300)).unwrap())
        .build()
}

fn verifier(leeway: Duration) -> Verifier {
    Verifier::builder()
        .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .keys(KeySet::from_keys([KEY.verifying_key().clone()]).unwrap())
        .leeway(leeway)
        .build()
}
