//! `tokenward token`: offline work on one token.
//!
//! **Invariant:** no message of these commands holds a token or a part of one.

use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use serde_json::{Map, Value, json};
use tokenward::danger;
use tokenward::{
    AccessLifetime, Issuer, Jti, KeySet, Reason, Rejected, Scope, SigningKey, TokenRequest,
    TokenType, Verifier,
};
use zeroize::Zeroizing;

use super::key_set;
use crate::args::{AcceptType, InspectArgs, IssueArgs, VerifyArgs};
use crate::clock;
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::files;
use crate::output::{self, Output};

/// Above any token that a verifier takes; what is longer is refused without being read to its end.
const MAX_TOKEN: u64 = 1 << 20;

/// `tokenward token issue`.
pub(crate) fn issue(args: &IssueArgs, output: Output) -> Outcome {
    let key = signing_key(&args.key)?;
    let lifetime = AccessLifetime::new(args.lifetime)
        .map_err(|error| Failure::cannot(format!("--lifetime: {error}; choose for example 5m")))?;
    let private = claims(&args.claims)?;
    let issuer = Issuer::builder()
        .issuer(args.issuer.clone())
        .audience(args.audience.clone())
        .lifetime(lifetime)
        .claims(private.keys().cloned())
        .build();
    let scope = args.scope.as_deref().unwrap_or_default();
    let scope: Scope = scope.parse().map_err(|error| Failure::because("--scope", &error))?;
    let request = TokenRequest::new(args.subject.clone(), args.client_id.clone(), Jti::random())
        .scope(scope)
        .private(private);
    let token = issuer
        .issue(request, &key, clock::system().now())
        .map_err(|error| Failure::because("the token cannot be issued", &error))?;
    output.either(&json!({ "access_token": token, "token_type": "Bearer" }), &token)?;
    Ok(GOOD)
}

/// `tokenward token verify`.
pub(crate) async fn verify(args: VerifyArgs, output: Output) -> Outcome {
    if args.token == "-" && args.jwks == "-" {
        return Err(Failure::cannot("only one of --jwks and the token can be standard input"));
    }
    if args.leeway > Verifier::MAX_LEEWAY {
        return Err(Failure::cannot("--leeway: choose 30s or less"));
    }
    // Whoever accepts foreign types accepts foreign lifetimes too, up to a day.
    let (accept, usual) = match args.accept_type {
        Some(AcceptType::Jwt) => (TokenType::Jwt, Verifier::MAX_LIFETIME),
        None => (TokenType::AccessToken, AccessLifetime::MAX),
    };
    let max_lifetime = args.max_lifetime.unwrap_or(usual);
    if max_lifetime > Verifier::MAX_LIFETIME {
        return Err(Failure::cannot("--max-lifetime: choose 24h or less"));
    }
    let keys = key_set(&args).await?;
    if args.explain {
        for skipped in keys.skipped() {
            output::note(format!("a key of the set was skipped: {skipped:?}"));
        }
    }
    let verifier = Verifier::builder()
        .issuer(args.issuer)
        .audience(args.audience)
        .keys(keys)
        .accept_type(accept)
        .leeway(args.leeway)
        .max_lifetime(max_lifetime)
        .build();
    let verdict = match token(&args.token)? {
        Some(token) => verifier.verify(&token, clock::system().now()),
        None => Err(Rejected::from_reason(Reason::TooLong)),
    };
    match verdict {
        Ok(claims) => {
            output.json(&claims.to_json())?;
            Ok(GOOD)
        }
        Err(rejected) => {
            output.line(rejected.to_string())?;
            if args.explain {
                output::note(format!("reason: {}", rejected.reason()));
            }
            Ok(answer_is_no())
        }
    }
}

/// `tokenward token inspect`.
pub(crate) fn inspect(args: &InspectArgs, output: Output) -> Outcome {
    output::note("NOT VERIFIED: anybody may have written this token; do not act on it.");
    let decoded = match token(&args.token)? {
        Some(token) => danger::decode_unverified(&token),
        None => Err(Rejected::from_reason(Reason::TooLong)),
    };
    match decoded {
        Ok(decoded) => {
            output.json(&json!({ "header": decoded.header, "claims": decoded.claims }))?;
            Ok(GOOD)
        }
        Err(rejected) => {
            output.line(rejected.to_string())?;
            output::note(format!("reason: {}", rejected.reason()));
            Ok(answer_is_no())
        }
    }
}

async fn key_set(args: &VerifyArgs) -> Result<KeySet, Failure> {
    let text = if key_set::is_url(&args.jwks) {
        let answer = key_set::fetch("--jwks", &args.jwks, args.ca_file.as_deref()).await?;
        Zeroizing::new(answer.body.to_vec())
    } else {
        // A symmetric key set is a secret.
        files::read_or_stdin(Path::new(&args.jwks))?
    };
    KeySet::parse(&text).map_err(|error| Failure::because("--jwks", &error))
}

/// The token from the command line or standard input; `None` if no verifier would take one that long.
fn token(argument: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    if argument != "-" {
        return Ok(Some(Zeroizing::new(argument.to_owned())));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    std::io::stdin()
        .lock()
        .take(MAX_TOKEN)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::because("standard input", &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len == MAX_TOKEN) {
        return Ok(None);
    }
    // What is no text is no token; the verifier says so in its own way.
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned())))
}

fn signing_key(path: &Path) -> Result<SigningKey, Failure> {
    let exposed = path.metadata().is_ok_and(|meta| meta.mode() & 0o007 != 0);
    if exposed {
        output::note(format!("{0}: others can read this key; run `chmod 600 {0}`", path.display()));
    }
    let bytes = files::read_zeroizing(path)?;
    let is_jwk = bytes.trim_ascii_start().starts_with(b"{");
    let key = if is_jwk {
        SigningKey::from_jwk(&bytes)
    } else {
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        SigningKey::from_pem(text, None)
    };
    let key = key.map_err(|error| Failure::because(path.display(), &error))?;
    let named = key.key_id().is_some();
    Ok(if named { key } else { key.named_by_thumbprint() })
}

/// Claims as `name=value`: the value is JSON if it parses as JSON, a string otherwise.
fn claims(arguments: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut claims = Map::new();
    for argument in arguments {
        let Some((name, value)) = argument.split_once('=').filter(|(name, _)| !name.is_empty())
        else {
            return Err(Failure::cannot("--claim: write NAME=VALUE"));
        };
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        if claims.insert(name.to_owned(), value).is_some() {
            return Err(Failure::cannot(format!("--claim: `{name}` is there twice")));
        }
    }
    Ok(claims)
}
