//! Every algorithm, and every form that its keys come in.
#![cfg(test)]

use std::sync::LazyLock;
use std::time::Duration;

use tokenward::crypto::{hmac_sha256, sha256};
use tokenward::{
    AccessLifetime, Algorithm, Audience, ClientId, Issuer, IssuerId, Jti, KeyError, KeySet, Reason,
    Scratch, SigningKey, Subject, TokenRequest, UnixTime, Verifier, VerifyingKey, b64,
};

#[test]
fn every_algorithm_signs_tokens_that_verify() {
    for key in KEYS.iter() {
        let token = issuer().issue(request(), key, NOW).unwrap();

        let verified = verifier(key).verify(&token, NOW).unwrap();
        assert_eq!(verified.subject().as_str(), "u-1", "{}", key.algorithm());
    }
}

#[test]
fn borrowed_claims_say_what_owned_ones_say() {
    let mut scratch = Scratch::default();
    for key in KEYS.iter() {
        let token = issuer().issue(request(), key, NOW).unwrap();
        let verifier = verifier(key);

        let owned = verifier.verify(&token, NOW).unwrap();
        let borrowed = verifier.verify_in(&token, NOW, &mut scratch).unwrap();
        assert_eq!(borrowed.to_owned_claims().claims(), owned.claims());
    }
}

#[test]
fn what_is_signed_does_not_depend_on_the_room_it_is_made_in() {
    let key = &KEYS[0];
    let mut scratch = Scratch::default();
    for _ in 0..2 {
        let request = TokenRequest::new(
            Subject::new("\"é\\").unwrap(),
            ClientId::new("web").unwrap(),
            Jti::new("t-1").unwrap(),
        );
        let one = issuer().issue_in(&request, key, NOW, &mut scratch).unwrap().to_owned();
        let other = issuer().issue(request, key, NOW).unwrap();
        let signed = |token: &str| token.rsplit_once('.').unwrap().0.to_owned();
        assert_eq!(signed(&one), signed(&other));
        assert!(verifier(key).verify(&one, NOW).is_ok());
    }
}

#[test]
fn a_key_refuses_the_tokens_of_every_other_algorithm() {
    let id = || tokenward::KeyId::new("k").unwrap();
    let named = |key: &SigningKey| {
        SigningKey::from_jwk(key.to_secret_jwk().unwrap().as_bytes()).unwrap().with_key_id(id())
    };
    for key in KEYS.iter().map(named) {
        for other in KEYS.iter().map(named) {
            let token = issuer().issue(request(), &other, NOW).unwrap();
            let outcome = verifier(&key).verify(&token, NOW);
            if other.algorithm() == key.algorithm() {
                assert!(outcome.is_ok());
            } else {
                assert_eq!(*outcome.unwrap_err().reason(), Reason::WrongAlgorithm);
            }
        }
    }
}

#[test]
fn every_form_of_a_private_key_reads_back_the_same() {
    for key in KEYS.iter() {
        let algorithm = key.algorithm();
        let jwk = SigningKey::from_jwk(key.to_secret_jwk().unwrap().as_bytes()).unwrap();
        let secret = key.to_secret_bytes().unwrap();
        let mut forms = vec![jwk, SigningKey::from_secret_bytes(algorithm, &secret).unwrap()];
        if let Some(pem) = key.to_pkcs8_pem() {
            forms.push(SigningKey::from_pem(&pem, Some(algorithm)).unwrap());
        }
        if let Some(pem) = key.to_sec1_pem() {
            forms.push(SigningKey::from_pem(&pem, None).unwrap());
        }
        for form in forms {
            assert_eq!(form.algorithm(), algorithm);
            let signature = form.sign(b"input").unwrap();
            assert!(key.verifying_key().verify(b"input", &signature), "{algorithm}");
        }
    }
}

#[test]
fn every_form_of_a_public_key_reads_back_the_same() {
    for key in KEYS.iter().map(SigningKey::verifying_key) {
        let algorithm = key.algorithm();
        let Some(jwk) = key.to_jwk() else {
            assert!(algorithm.is_symmetric() && key.to_spki_der().is_none());
            continue;
        };
        let jwk = serde_json::Value::Object(jwk).to_string();
        for form in [
            VerifyingKey::from_jwk(jwk.as_bytes()).unwrap(),
            VerifyingKey::from_spki_der(algorithm, &key.to_spki_der().unwrap()).unwrap(),
            VerifyingKey::from_spki_pem(algorithm, &key.to_spki_pem().unwrap()).unwrap(),
        ] {
            assert_eq!((form.algorithm(), form.thumbprint()), (algorithm, key.thumbprint()));
        }
    }
}

#[test]
fn a_document_of_one_kind_of_key_is_refused_for_another() {
    for key in KEYS.iter() {
        let (Some(public), Some(private)) = (key.verifying_key().to_spki_der(), key.to_pkcs8_der())
        else {
            continue;
        };
        for other in Algorithm::ALL {
            let same = other == key.algorithm() || (other.is_rsa() && key.algorithm().is_rsa());
            assert_eq!(SigningKey::from_pkcs8_der(other, &private).is_ok(), same);
            match VerifyingKey::from_spki_der(other, &public) {
                Err(KeyError::WrongAlgorithm { wanted, fits }) => {
                    assert_eq!((wanted, fits.contains(&other), same), (other, false, false));
                    assert!(fits.contains(&key.algorithm()));
                }
                read => assert!(same && read.is_ok(), "{other}: {read:?}"),
            }
        }
    }
}

#[test]
fn a_jwk_that_says_no_algorithm_is_for_the_one_that_is_asked_for() {
    for key in KEYS.iter() {
        let own = key.algorithm();
        let jwk = key.to_secret_jwk().unwrap();
        let named = jwk.as_bytes();
        let unnamed = jwk.replace(&format!(r#""alg":"{own}","#), "");
        for asked in Algorithm::ALL {
            let fits = asked == own || (asked.is_rsa() && own.is_rsa());
            let fits = fits || (asked.is_symmetric() && own.is_symmetric());
            let read =
                SigningKey::from_jwk_for(asked, unnamed.as_bytes()).map(|key| key.algorithm());
            match read {
                // The secret of one HMAC is too short for the next, and ML-DSA keys differ in length.
                Ok(read) => assert!(fits && read == asked, "{own} as {asked}"),
                Err(error) => assert!(!fits || own.is_symmetric(), "{own} as {asked}: {error}"),
            }
            assert_eq!(SigningKey::from_jwk_for(asked, named).is_ok(), asked == own);
        }
        if let Some(public) = key.verifying_key().to_jwk() {
            let json = serde_json::Value::Object(public).to_string();
            let other = if own == Algorithm::Ps256 { Algorithm::Rs256 } else { Algorithm::Ps256 };
            assert!(VerifyingKey::from_jwk_for(own, json.as_bytes()).is_ok());
            assert!(VerifyingKey::from_jwk_for(other, json.as_bytes()).is_err());
        }
    }
}

#[test]
fn the_thumbprint_of_a_secret_is_a_mac_and_no_hash_of_it() {
    let secret = sha256(b"seed");
    let key = VerifyingKey::from_secret(Algorithm::Hs256, &secret).unwrap();

    // As RFC 7638 would have it, it would be `sha256(r#"{"k":"…","kty":"oct"}"#)`.
    assert_eq!(key.thumbprint(), b64::encode(&hmac_sha256(&secret, b"tokenward key id")));
}

const NOW: UnixTime = UnixTime::from_secs(1_000_000);

/// A key of every algorithm. All of RSA share one, which takes a while to make.
static KEYS: LazyLock<Vec<SigningKey>> = LazyLock::new(|| {
    let pem = include_str!("../../../vectors/pem/rs256-pkcs8.pem");
    let make = |algorithm: Algorithm| {
        if algorithm.is_rsa() {
            SigningKey::from_pem(pem, Some(algorithm)).unwrap().named_by_thumbprint()
        } else {
            SigningKey::generate(algorithm)
        }
    };
    Algorithm::ALL.into_iter().map(make).collect()
});

fn request() -> TokenRequest {
    TokenRequest::new(Subject::new("u-1").unwrap(), ClientId::new("web").unwrap(), Jti::random())
}

fn issuer() -> Issuer {
    Issuer::builder()
        .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .lifetime(AccessLifetime::new(Duration::from_secs(300)).unwrap())
        .build()
}

fn verifier(key: &SigningKey) -> Verifier {
    Verifier::builder()
        .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .keys(KeySet::from_keys([key.verifying_key().clone()]).unwrap())
        .build()
}
