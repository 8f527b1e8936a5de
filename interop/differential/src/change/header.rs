//! Members of the header: spelled otherwise, missing, of another type, or with a key of their own.

use serde_json::json;
use tokenward::Algorithm;

use super::Change;
use crate::keys::KEY_ID;
use crate::members::{Members, escaped, quoted};

/// Values of every JSON type.
pub(super) const ANY_TYPE: [&str; 8] =
    ["null", "true", "0", "1.5", r#""""#, r#""text""#, "[]", "{}"];

pub(super) fn all() -> Vec<Change> {
    [kid(), typ(), critical(), keys(), others(), twice(), order()].concat()
}

/// A change that sets one member to each of `values`.
fn values(
    kind: &'static str,
    name: &'static str,
    values: impl IntoIterator<Item = String>,
) -> Vec<Change> {
    let change = |value: String| {
        Change::header(kind, format!("{name} is {value}"), move |header, _| {
            header.set(name, &value);
        })
    };
    values.into_iter().map(change).collect()
}

fn missing(kind: &'static str, name: &'static str) -> Change {
    Change::header(kind, format!("no {name}"), move |header, _| header.remove(name))
}

pub(super) fn alg() -> Vec<Change> {
    const KIND: &str = "header alg";
    let names = Algorithm::ALL.map(|algorithm| quoted(algorithm.as_str()));
    let odd =
        ["none", "None", "NONE", "nOnE", "Ed25519", "Ed448", "ES256K", "HS1", "RSA-OAEP", "dir"]
            .map(quoted);
    let spelled = |name: &'static str, spell: fn(&str) -> String| {
        Change::header(KIND, name, move |header, context| {
            header.set("alg", &spell(context.keys.algorithm.as_str()));
        })
    };
    let spellings = vec![
        spelled("in small letters", |name| quoted(&name.to_lowercase())),
        spelled("in capitals", |name| quoted(&name.to_uppercase())),
        spelled("after a space", |name| quoted(&format!(" {name}"))),
        spelled("before a space", |name| quoted(&format!("{name} "))),
        spelled("before a NUL", |name| quoted(&format!("{name}\0"))),
        spelled("in escapes", escaped),
        spelled("in an array", |name| format!("[{}]", quoted(name))),
        missing(KIND, "alg"),
        Change::header(KIND, "name in escapes", |header, _| header.respell("alg", &escaped("alg"))),
        Change::header(KIND, "name in capitals", |header, _| header.respell("alg", "\"ALG\"")),
    ];
    let any = ANY_TYPE.map(str::to_owned);
    [values(KIND, "alg", names.into_iter().chain(odd).chain(any)), spellings].concat()
}

fn kid() -> Vec<Change> {
    const KIND: &str = "header kid";
    let odd = [
        "key-2",
        "KEY-1",
        " key-1",
        "key-1\0",
        "../../dev/null",
        "' OR 1=1 --",
        "key-1\u{301}",
        "https://example.com/key",
    ];
    let any = ANY_TYPE.map(str::to_owned).into_iter();
    let more = any.chain(odd.map(quoted)).chain([escaped(KEY_ID), quoted(&"k".repeat(600))]);
    [values(KIND, "kid", more), vec![missing(KIND, "kid")]].concat()
}

fn typ() -> Vec<Change> {
    const KIND: &str = super::TYPES;
    let names = [
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "Application/At+Jwt",
        "JWT",
        "jwt",
        "Jwt",
        "application/jwt",
        "application/JWT",
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "id+jwt",
        "JOSE",
        "JOSE+JSON",
        "jws",
        "at+jwt ",
        " JWT",
        "application/",
        "/JWT",
        "text/at+jwt",
        "+jwt",
        "JWT\0",
    ];
    let any = ANY_TYPE.map(str::to_owned).into_iter();
    let more = any.chain(names.map(quoted)).chain([escaped("JWT"), escaped("at+jwt")]);
    [values(KIND, "typ", more), vec![missing(KIND, "typ")]].concat()
}

fn critical() -> Vec<Change> {
    const KIND: &str = "header crit, b64, zip";
    let crit = [
        "[]",
        r#"["exp"]"#,
        r#"["b64"]"#,
        r#"["x"]"#,
        r#"["alg"]"#,
        r#"["kid","kid"]"#,
        "[1]",
        "[[]]",
    ];
    let any = || ANY_TYPE.map(str::to_owned).into_iter();
    let both = |name: &'static str, value: &'static str, listed: &'static str| {
        Change::header(KIND, format!("{name} is {value}, with crit"), move |header, _| {
            header.set(name, value);
            header.set("crit", listed);
        })
    };
    [
        values(KIND, "crit", any().chain(crit.map(str::to_owned))),
        values(KIND, "b64", any().chain(["false".to_owned()])),
        values(KIND, "zip", any().chain([r#""DEF""#.to_owned()])),
        vec![
            both("b64", "true", r#"["b64"]"#),
            both("b64", "false", r#"["b64"]"#),
            both("x", "1", r#"["x"]"#),
            both("exp", "1", r#"["exp"]"#),
        ],
    ]
    .concat()
}

fn keys() -> Vec<Change> {
    const KIND: &str = "header with a key";
    let urls = ["jku", "x5u"].into_iter().flat_map(|name| {
        values(
            KIND,
            name,
            ANY_TYPE.map(str::to_owned).into_iter().chain([quoted("https://example.com/keys")]),
        )
    });
    let sums = ["x5t", "x5t#S256", "x5c", "jwk"];
    let sums = sums.into_iter().flat_map(|name| values(KIND, name, ANY_TYPE.map(str::to_owned)));
    let more = vec![
        Change::header(KIND, "jwk is the trusted one", |header, context| {
            let jwk = context.keys.trusted.verifying_key().to_jwk();
            header.set("jwk", &json!(jwk).to_string());
        }),
        Change::header(KIND, "jwk is a stranger's", |header, context| {
            let jwk = context.keys.stranger.verifying_key().to_jwk();
            header.set("jwk", &json!(jwk).to_string());
        }),
        Change::header(KIND, "x5c is an array of text", |header, _| {
            header.set("x5c", r#"["text"]"#);
        }),
        Change::header(KIND, "x5c is an array of base64", |header, _| {
            header.set("x5c", r#"["MAA="]"#);
        }),
        Change::header(KIND, "x5t is base64url", |header, _| header.set("x5t", r#""AAAA""#)),
    ];
    urls.chain(sums).chain(more).collect()
}

fn others() -> Vec<Change> {
    const KIND: &str = "header with more members";
    let names = [
        "cty",
        "enc",
        "epk",
        "iss",
        "nonce",
        "url",
        "salt",
        "x",
        "ppt",
        "svt",
        "p2c",
        "",
        "__proto__",
    ];
    let any = || ANY_TYPE.map(str::to_owned).into_iter().chain([quoted("JWT")]);
    names.into_iter().flat_map(|name| values(KIND, name, any())).collect()
}

fn twice() -> Vec<Change> {
    const KIND: &str = "header with a name twice";
    ["alg", "kid", "typ", "x"]
        .into_iter()
        .flat_map(|name| {
            let push = move |header: &mut Members, spelled: &str, value: &str| {
                header.set("x", "1");
                header.push(spelled, value);
            };
            [
                Change::header(KIND, format!("{name}, the same"), move |header, _| {
                    let value = header.get(name);
                    push(header, &quoted(name), &value);
                }),
                Change::header(KIND, format!("{name}, another"), move |header, _| {
                    push(header, &quoted(name), r#""none""#);
                }),
                Change::header(KIND, format!("{name}, the second in escapes"), move |header, _| {
                    let value = header.get(name);
                    push(header, &escaped(name), &value);
                }),
            ]
        })
        .collect()
}

fn order() -> Vec<Change> {
    const KIND: &str = "header order";
    vec![
        Change::header(KIND, "reversed", |header, _| header.reverse()),
        Change::header(KIND, "sorted", |header, _| header.sort()),
        Change::header(KIND, "values in escapes", |header, context| {
            header.set("alg", &escaped(context.keys.algorithm.as_str()));
            header.set("kid", &escaped(KEY_ID));
            header.set("typ", &escaped("at+jwt"));
        }),
    ]
}
