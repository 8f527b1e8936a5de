//! Servers that a gate is compared with, each on one thread, and what its signatures cost by themselves.
//!
//! `gate bare ADDRESS`, `gate jsonwebtoken ADDRESS JWKS ISSUER AUDIENCE`, and `gate signature JWKS TOKENS ISSUER
//! AUDIENCE`, which prints nanoseconds of the processor for each verification: that of aws-lc-rs, with a parsed
//! key and bytes that are decoded already, and that of tokenward with all that it asks of a token. `gate pem JWKS
//! TOKENS` prints the key of the tokens as PEM.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::sync::Arc;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use axum::Router;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::crypto::aws_lc;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use rustix::time::{ClockId, clock_gettime};
use serde::Deserialize;
use tokenward::{Audience, IssuerId, KeySet, Scratch, Verifier};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["bare", address] => serve(address, Router::new().fallback(|| async { StatusCode::OK })),
        ["jsonwebtoken", address, jwks, issuer, audience] => {
            serve(address, peer(&fs::read(jwks)?, issuer, audience)?)
        }
        ["pem", jwks, tokens] => {
            let (point, _) = key_of(&fs::read(jwks)?, fs::read_to_string(tokens)?.lines().next())?;
            let der = STANDARD.encode([P256_SPKI, &point].concat());
            println!("-----BEGIN PUBLIC KEY-----\n{der}\n-----END PUBLIC KEY-----");
            Ok(())
        }
        ["signature", jwks, tokens, issuer, audience] => {
            let tokens = fs::read_to_string(tokens)?;
            let tokens: Vec<&str> = tokens.lines().take(20_000).collect();
            let jwks = fs::read(jwks)?;
            let primitive = primitive(&jwks, &tokens)?;
            println!("{primitive:.0}\t{:.0}", whole(&jwks, &tokens, issuer, audience)?);
            Ok(())
        }
        _ => Err("usage: gate bare|jsonwebtoken|signature …".into()),
    }
}

fn serve(address: &str, router: Router) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        Ok(axum::serve(listener, router).await?)
    })
}

/// What a handler wants to know.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[expect(dead_code, reason = "read, as a handler would have it read")]
    scope: Option<String>,
}

struct Peer {
    keys: Vec<(String, DecodingKey)>,
    validation: Validation,
}

fn peer(jwks: &[u8], issuer: &str, audience: &str) -> Outcome<Router> {
    aws_lc::DEFAULT_PROVIDER.install_default().map_err(|_| "two providers")?;
    let set: JwkSet = serde_json::from_slice(jwks)?;
    let key = |jwk: &jsonwebtoken::jwk::Jwk| {
        Ok((jwk.common.key_id.clone().unwrap_or_default(), DecodingKey::from_jwk(jwk)?))
    };
    let keys = set.keys.iter().map(key).collect::<Outcome<_>>()?;
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    Ok(Router::new().fallback(check).with_state(Arc::new(Peer { keys, validation })))
}

async fn check(State(peer): State<Arc<Peer>>, headers: HeaderMap) -> (StatusCode, String) {
    let good = || {
        let bearer = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        let named = jsonwebtoken::decode_header(bearer).ok()?.kid?;
        let (_, key) = peer.keys.iter().find(|(id, _)| *id == named)?;
        Some(decode::<Claims>(bearer, key, &peer.validation).ok()?.claims.sub)
    };
    good().map_or((StatusCode::UNAUTHORIZED, String::new()), |subject| (StatusCode::OK, subject))
}

/// The bare primitive.
fn primitive(jwks: &[u8], tokens: &[&str]) -> Outcome<f64> {
    let (_, key) = key_of(jwks, tokens.first().copied())?;
    let signed = tokens.iter().map(|token| parts(token)).collect::<Outcome<Vec<_>>>()?;
    Ok(timed(signed.len(), |index| {
        let (text, signature) = &signed[index];
        key.verify_sig(black_box(text), signature).expect("a good signature");
    }))
}

/// The key of the set that `token` was signed with, as a point and parsed.
fn key_of(jwks: &[u8], token: Option<&str>) -> Outcome<(Vec<u8>, ParsedPublicKey)> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Point>,
    }
    #[derive(Deserialize)]
    struct Point {
        x: String,
        y: String,
    }
    let set: Set = serde_json::from_slice(jwks)?;
    let (text, signature) = parts(token.ok_or("no token")?)?;
    for Point { x, y } in set.keys {
        let point = [vec![4], URL_SAFE_NO_PAD.decode(x)?, URL_SAFE_NO_PAD.decode(y)?].concat();
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)?;
        if key.verify_sig(text, &signature).is_ok() {
            return Ok((point, key));
        }
    }
    Err("no key of the set signed the token".into())
}

fn parts(token: &str) -> Outcome<(&[u8], Vec<u8>)> {
    let (text, signature) = token.rsplit_once('.').ok_or("no token")?;
    Ok((text.as_bytes(), URL_SAFE_NO_PAD.decode(signature)?))
}

/// All of tokenward's verification.
fn whole(jwks: &[u8], tokens: &[&str], issuer: &str, audience: &str) -> Outcome<f64> {
    let verifier = Verifier::builder()
        .issuer(IssuerId::new(issuer)?)
        .audience(Audience::new(audience)?)
        .keys(KeySet::parse(jwks)?)
        .build();
    let (mut scratch, now) = (Scratch::default(), std::time::SystemTime::now().into());
    Ok(timed(tokens.len(), |index| {
        verifier.verify_in(black_box(tokens[index]), now, &mut scratch).expect("a good token");
    }))
}

/// Nanoseconds of this thread's processor for each of `count` calls.
fn timed(count: usize, mut call: impl FnMut(usize)) -> f64 {
    let seconds = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    // The first ones make what later ones use.
    (0..count.min(200)).for_each(&mut call);
    let begun = seconds();
    (0..count).for_each(&mut call);
    (seconds() - begun) * 1e9 / count as f64
}

/// What stands before the point of a P-256 key in its `SubjectPublicKeyInfo` (RFC 5480 § 2).
const P256_SPKI: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
