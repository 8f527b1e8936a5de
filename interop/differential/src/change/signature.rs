//! Signatures: of others, by other algorithms, and in other forms.

mod form;

use std::rc::Rc;

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use tokenward::{Algorithm, VerifyingKey};

use super::{Change, Edit, Sign};
use crate::keys::{Keys, as_key_of};
use crate::members::quoted;
use crate::token::Context;

pub(super) fn all() -> Vec<Change> {
    [strangers(), renamed(), confused(), form::all()].concat()
}

fn by(
    kind: &'static str,
    name: impl std::fmt::Display,
    sign: impl Fn(&[u8], &Context<'_>) -> Vec<u8> + 'static,
) -> Change {
    let sign: Sign = Rc::new(sign);
    Change::new(kind, name, Edit::Sign(sign))
}

/// The header names another algorithm than that of the trusted key.
fn says(name: &'static str) -> Edit {
    Edit::Header(Rc::new(move |header, _| header.set("alg", &quoted(name))))
}

/// The keys of another algorithm; the token's own, where the ring is too small.
fn keys_of<'a>(context: &Context<'a>, algorithm: Algorithm) -> &'a Keys {
    context.ring.iter().find(|keys| keys.algorithm == algorithm).unwrap_or(context.keys)
}

/// Signatures by keys that nobody trusts.
fn strangers() -> Vec<Change> {
    const KIND: &str = "signed by a stranger";
    let stranger = |input: &[u8], context: &Context<'_>| {
        context.keys.stranger.sign(input).expect("a stranger signs")
    };
    let jwk = Edit::Header(Rc::new(|header, context| {
        let jwk = context.keys.stranger.verifying_key().to_jwk();
        header.set("jwk", &serde_json::json!(jwk).to_string());
    }));
    let jku = Edit::Header(Rc::new(|header, _| header.set("jku", r#""https://example.com/keys""#)));
    let of_another = Algorithm::ALL.map(|algorithm| {
        by(KIND, format!("with a key of {algorithm}"), move |input, context| {
            keys_of(context, algorithm).stranger.sign(input).expect("a stranger signs")
        })
    });
    let mut all = vec![
        by(KIND, "of the same algorithm", stranger),
        by(KIND, "who brings the key", stranger).and(jwk),
        by(KIND, "who says where the key is", stranger).and(jku),
        by(KIND, "over another payload", |input, context| {
            context.keys.trusted.sign(&[input, b"A"].concat()).expect("a trusted key signs")
        }),
        by(KIND, "over nothing", |_, context| {
            context.keys.trusted.sign(b"").expect("a trusted key signs")
        }),
    ];
    all.extend(of_another);
    all
}

/// Headers that name another algorithm, for which the signature is good.
fn renamed() -> Vec<Change> {
    let own = Algorithm::ALL.map(|algorithm| {
        let name = format!("to {algorithm}");
        by("signed with the trusted key, renamed", name, move |input, context| {
            let trusted = &context.keys.trusted;
            let key = as_key_of(trusted, algorithm);
            key.as_ref().unwrap_or(trusted).sign(input).expect("a trusted key signs")
        })
        .and(says(algorithm.as_str()))
    });
    let theirs = Algorithm::ALL.map(|algorithm| {
        let name = format!("to {algorithm}");
        by("signed with another key, renamed", name, move |input, context| {
            keys_of(context, algorithm).stranger.sign(input).expect("a stranger signs")
        })
        .and(says(algorithm.as_str()))
    });
    own.into_iter().chain(theirs).collect()
}

/// MACs under what everybody can know.
fn confused() -> Vec<Change> {
    const KIND: &str = "MAC under what is public";
    type Secret = fn(&VerifyingKey) -> Vec<u8>;
    const SECRETS: [(&str, Secret); 5] = [
        ("the JWK", |key| serde_json::json!(key.to_jwk()).to_string().into_bytes()),
        ("the PEM", |key| key.to_spki_pem().unwrap_or_default().into_bytes()),
        ("the PEM without its line end", |key| {
            key.to_spki_pem().unwrap_or_default().trim_end().as_bytes().to_vec()
        }),
        ("the DER", |key| key.to_spki_der().unwrap_or_default()),
        ("zeros", |_| vec![0; 32]),
    ];
    let digests = [
        ("HS256", MessageDigest::sha256()),
        ("HS384", MessageDigest::sha384()),
        ("HS512", MessageDigest::sha512()),
    ];
    let mut all = Vec::new();
    for (secret_name, secret) in SECRETS {
        for (name, digest) in digests {
            let sign = move |input: &[u8], context: &Context<'_>| {
                mac(&secret(context.keys.trusted.verifying_key()), digest, input)
            };
            all.push(by(KIND, format!("{secret_name}, as {name}"), sign).and(says(name)));
            if name == "HS256" {
                all.push(by(KIND, format!("{secret_name}, under the right name"), sign));
            }
        }
    }
    all
}

/// HMAC under any bytes; under none at all, nothing.
fn mac(secret: &[u8], digest: MessageDigest, input: &[u8]) -> Vec<u8> {
    let Ok(key) = PKey::hmac(secret) else { return Vec::new() };
    let signer = Signer::new(digest, &key);
    signer.and_then(|mut signer| signer.sign_oneshot_to_vec(input)).unwrap_or_default()
}
