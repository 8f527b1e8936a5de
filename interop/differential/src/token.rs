//! A good token, and what changes make of it.

use tokenward::b64;

use crate::change::{Change, Edit};
use crate::keys::{KEY_ID, KeyRing, Keys};
use crate::members::{Members, quoted};
use crate::question::{AUDIENCE, ISSUER};

/// What a change may look at.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The keys of the token's algorithm.
    pub keys: &'a Keys,
    /// All keys.
    pub ring: &'a KeyRing,
    /// The seconds since the epoch.
    pub now: u64,
}

/// A token with the changes, each made where it belongs: first in the members, then in the written
/// JSON, then in the base64url, then in the signature over that, then in the whole.
#[must_use]
pub fn token(context: &Context<'_>, changes: &[Change]) -> String {
    let edits = || changes.iter().flat_map(|change| &change.edits);
    let mut header = header(context);
    let mut payload = payload(context);
    let mut space = String::new();
    for edit in edits() {
        match edit {
            Edit::Header(edit) => edit(&mut header, context),
            Edit::Payload(edit) => edit(&mut payload, context),
            Edit::Space(wanted) => space.clone_from(wanted),
            _ => {}
        }
    }
    let mut header = header.written(&space).into_bytes();
    let mut payload = payload.written(&space).into_bytes();
    for edit in edits() {
        match edit {
            Edit::HeaderText(edit) => edit(&mut header, context),
            Edit::PayloadText(edit) => edit(&mut payload, context),
            _ => {}
        }
    }
    let mut header = b64::encode(&header);
    let mut payload = b64::encode(&payload);
    for edit in edits() {
        match edit {
            Edit::HeaderPart(edit) => edit(&mut header, context),
            Edit::PayloadPart(edit) => edit(&mut payload, context),
            _ => {}
        }
    }
    let input = format!("{header}.{payload}");
    let mut token = format!("{input}.{}", signature(context, changes, &input));
    for edit in edits() {
        if let Edit::Token(edit) = edit {
            edit(&mut token, context);
        }
    }
    token
}

fn signature(context: &Context<'_>, changes: &[Change], input: &str) -> String {
    let edits = || changes.iter().flat_map(|change| &change.edits);
    let signer = edits().find_map(|edit| match edit {
        Edit::Sign(sign) => Some(sign),
        _ => None,
    });
    let mut signature = match signer {
        Some(sign) => sign(input.as_bytes(), context),
        None => context.keys.trusted.sign(input.as_bytes()).expect("a trusted key signs"),
    };
    for edit in edits() {
        if let Edit::Signature(edit) = edit {
            edit(&mut signature, context);
        }
    }
    let mut part = b64::encode(&signature);
    for edit in edits() {
        if let Edit::SignaturePart(edit) = edit {
            edit(&mut part, context);
        }
    }
    part
}

fn header(context: &Context<'_>) -> Members {
    let mut header = Members::default();
    header.set("alg", &quoted(context.keys.algorithm.as_str()));
    header.set("kid", &quoted(KEY_ID));
    header.set("typ", &quoted("at+jwt"));
    header
}

fn payload(context: &Context<'_>) -> Members {
    let now = context.now;
    let mut payload = Members::default();
    payload.set("iss", &quoted(ISSUER));
    payload.set("aud", &quoted(AUDIENCE));
    payload.set("sub", &quoted("u-1"));
    payload.set("client_id", &quoted("web"));
    payload.set("jti", &quoted("t-1"));
    payload.set("iat", &now.to_string());
    payload.set("exp", &(now + 300).to_string());
    payload.set("nbf", &now.to_string());
    payload.set("sid", &quoted("s-1"));
    payload.set("scope", &quoted("read"));
    payload.set("ver", "1");
    payload.set("auth_time", &(now - 1000).to_string());
    payload
}
