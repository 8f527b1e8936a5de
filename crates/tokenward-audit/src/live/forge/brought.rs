//! Tokens that bring their key along, or say where it is: signed well, by a key of ours.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::live::keys::Key;
use crate::live::parts::{Parts, signed};
use crate::live::probe::Probe;
use crate::live::rules::{ADDRESS, EMBEDDED, SIGNATURE};

/// Keys that nobody has reason to trust.
#[derive(Default)]
pub(in crate::live) struct Strangers {
    keys: Vec<Key>,
}

/// Where a key of ours stands in a header.
const NAME: &str = "tokenward-audit";

impl Strangers {
    pub(in crate::live) fn generate() -> Self {
        Self { keys: ["ES256", "RS256", "EdDSA"].into_iter().filter_map(Key::generate).collect() }
    }

    /// The set of their public halves (RFC 7517), as an attacker would serve it.
    pub(in crate::live) fn key_set(&self, kid: &str) -> Value {
        let keys: Vec<Value> =
            self.keys.iter().flat_map(|key| [key.jwk(NAME), key.jwk(kid)]).flatten().collect();
        json!({ "keys": keys })
    }

    /// Signed by another key under the name of the right one.
    pub(super) fn signed(&self, parts: &Parts) -> Vec<Probe> {
        self.each(parts, |key| {
            let what = format!("signed {} by another key of the same name", key.algorithm());
            Some((&SIGNATURE, what, vec![]))
        })
    }

    /// With the key, or its certificate, in the header.
    pub(super) fn embedded(&self, parts: &Parts) -> Vec<Probe> {
        let kid = parts.kid().unwrap_or(NAME);
        let mut all = self.each(parts, |key| {
            let what = format!("that brings its own {} key in `jwk`", key.algorithm());
            Some((&EMBEDDED, what, vec![("jwk", key.jwk(kid)?), ("kid", json!(kid))]))
        });
        all.extend(self.each(parts, |key| {
            let what = format!("that brings its own {} certificate in `x5c`", key.algorithm());
            let certificate = STANDARD.encode(key.certificate()?);
            Some((&EMBEDDED, what, vec![("x5c", json!([certificate]))]))
        }));
        all
    }

    fn each(&self, parts: &Parts, made: impl Fn(&Key) -> Option<Made>) -> Vec<Probe> {
        let one = |key: &Key| {
            let (rule, what, mut members) = made(key)?;
            members.push(("alg", json!(key.algorithm())));
            let input = parts.input(&parts.header_with(&members));
            Some(Probe::token(rule, what, signed(&input, key)?))
        };
        self.keys.iter().filter_map(one).collect()
    }
}

type Made = (&'static crate::live::rules::Rule, String, Vec<(&'static str, Value)>);

impl Strangers {
    /// The certificates, as an attacker would serve them at an `x5u`.
    pub(in crate::live) fn certificates(&self) -> String {
        let pem = |der: Vec<u8>| {
            format!(
                "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
                STANDARD.encode(der)
            )
        };
        self.keys.iter().filter_map(Key::certificate).map(pem).collect()
    }

    /// With addresses of our listener at `url`, also dressed up as ones of `host`: of each kind its own.
    pub(super) fn at_address(&self, parts: &Parts, url: &str, host: &str) -> Vec<Probe> {
        let place = url.split_once("://").map_or(url, |(_, place)| place);
        let addresses = [
            ("jku", format!("{url}/1/jwks.json")),
            ("jku", format!("http://{host}@{place}/2/jwks.json")),
            ("jku", format!("{url}/3/jwks.json#https://{host}/.well-known/jwks.json")),
            ("jku", format!("{url}/4/https://{host}/.well-known/jwks.json")),
            ("x5u", format!("{url}/5/x5u.pem")),
        ];
        let mut all = Vec::new();
        for (name, address) in addresses {
            all.extend(self.each(parts, |key| {
                let what = format!("whose `{name}` is an address of ours ({})", key.algorithm());
                Some((&ADDRESS, what, vec![(name, json!(address)), ("kid", json!(NAME))]))
            }));
        }
        all
    }
}
