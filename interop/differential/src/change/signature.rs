//! Signatures: of others, by other algorithms, and in other forms.

mod form;

use std::rc::Rc;

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use tokenward::Algorithm;

use super::{Change, Edit, Sign};
use crate::algorithm;
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

fn keys_of<'a>(context: &Context<'a>, name: &str) -> Option<&'a Keys> {
    let algorithm: Algorithm = name.parse().ok()?;
    context.ring.iter().find(|keys| keys.algorithm == algorithm)
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
    let of_another = algorithm::algorithms().into_iter().map(|algorithm| {
        by(KIND, format!("with a key of {algorithm}"), move |input, context| {
            let keys = keys_of(context, algorithm.as_str()).unwrap_or(context.keys);
            keys.stranger.sign(input).expect("a stranger signs")
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
    let own = algorithm::names().map(|name| {
        by("signed with the trusted key, renamed", format!("to {name}"), move |input, context| {
            let algorithm = name.parse().ok();
            let key = algorithm.and_then(|algorithm| as_key_of(&context.keys.trusted, algorithm));
            key.as_ref().unwrap_or(&context.keys.trusted).sign(input).expect("a trusted key signs")
        })
        .and(says(name))
    });
    let theirs = algorithm::names().map(|name| {
        by("signed with another key, renamed", format!("to {name}"), move |input, context| {
            let keys = keys_of(context, name).unwrap_or(context.keys);
            keys.stranger.sign(input).expect("a stranger signs")
        })
        .and(says(name))
    });
    own.into_iter().chain(theirs).collect()
}

/// MACs under what everybody can know.
fn confused() -> Vec<Change> {
    const KIND: &str = "MAC under what is public";
    type Secret = fn(&Keys) -> Vec<u8>;
    const SECRETS: [(&str, Secret); 5] = [
        ("the JWK", |keys| {
            serde_json::json!(keys.trusted.verifying_key().to_jwk()).to_string().into_bytes()
        }),
        ("the PEM", |keys| {
            form::public_key(keys).and_then(|key| key.public_key_to_pem().ok()).unwrap_or_default()
        }),
        ("the PEM without its line end", |keys| {
            let pem = form::public_key(keys)
                .and_then(|key| key.public_key_to_pem().ok())
                .unwrap_or_default();
            pem.trim_ascii_end().to_vec()
        }),
        ("the DER", |keys| {
            form::public_key(keys).and_then(|key| key.public_key_to_der().ok()).unwrap_or_default()
        }),
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
                mac(&secret(context.keys), digest, input)
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
