//! Claims of another type, missing, twice, or almost right.

use serde_json::json;

use super::Change;
use crate::members::{escaped, quoted};
use crate::question::{AUDIENCE, ISSUER};

/// Claims that have a meaning, for us or for a peer.
const NAMES: [&str; 13] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "sid",
    "client_id",
    "scope",
    "ver",
    "auth_time",
    "cnf",
];

/// Claims that have none for us.
const PRIVATE: [&str; 9] = ["nonce", "kid", "roles", "email", "act", "typ", "azp", "", "__proto__"];

const VALUES: [&str; 18] = [
    "null",
    "true",
    "false",
    "0",
    "1",
    "-1",
    "1.5",
    "1e3",
    r#""""#,
    r#""text""#,
    r#""1""#,
    "[]",
    r#"[""]"#,
    r#"["text"]"#,
    "[1]",
    "[null]",
    "{}",
    r#"{"a":1}"#,
];

pub(super) fn all() -> Vec<Change> {
    let types = |kind, name: &'static str| {
        VALUES.into_iter().map(move |value| set(kind, name, value.to_owned()))
    };
    let of_ours = NAMES.into_iter().flat_map(|name| types("claim of another type", name));
    let of_others = PRIVATE.into_iter().flat_map(|name| types("private claim of any type", name));
    let missing = NAMES
        .into_iter()
        .map(|name| Change::payload("claim missing", name, move |payload, _| payload.remove(name)));
    [
        of_ours.chain(of_others).chain(missing).collect(),
        twice(),
        issuer(),
        audience(),
        text(),
        spelling(),
    ]
    .concat()
}

fn set(kind: &'static str, name: &'static str, value: String) -> Change {
    let mut shown: String = value.chars().take(60).collect();
    if shown.len() < value.len() {
        shown.push('…');
    }
    Change::payload(kind, format!("{name} is {shown}"), move |payload, _| payload.set(name, &value))
}

fn twice() -> Vec<Change> {
    const KIND: &str = "claim twice";
    let twice = |name: &'static str| {
        [
            Change::payload(KIND, format!("{name}, the same"), move |payload, _| {
                payload.push(&quoted(name), &payload.get(name));
            }),
            Change::payload(KIND, format!("{name}, another"), move |payload, _| {
                payload.push(&quoted(name), "1");
            }),
            Change::payload(KIND, format!("{name}, another first"), move |payload, _| {
                let value = payload.get(name);
                payload.set(name, "1");
                payload.push(&quoted(name), &value);
            }),
            Change::payload(KIND, format!("{name}, the second in escapes"), move |payload, _| {
                payload.push(&escaped(name), &payload.get(name));
            }),
        ]
    };
    NAMES.into_iter().flat_map(twice).collect()
}

fn issuer() -> Vec<Change> {
    let values = [
        quoted("https://auth.example.com"),
        quoted(&format!("{ISSUER}/")),
        quoted(&format!(" {ISSUER}")),
        quoted(&format!("{ISSUER}\0")),
        quoted(&format!("{ISSUER}#x")),
        quoted(&ISSUER.to_uppercase()),
        quoted(&ISSUER.replace("auth", "%61uth")),
        quoted(&ISSUER.replace('e', "\u{435}")),
        json!([ISSUER]).to_string(),
        json!([ISSUER, "https://other"]).to_string(),
        json!({ISSUER: 1}).to_string(),
        escaped(ISSUER),
        quoted(ISSUER).replace('/', r"\/"),
    ];
    values.into_iter().map(|value| set("iss", "iss", value)).collect()
}

fn audience() -> Vec<Change> {
    let mut values = vec![
        json!([AUDIENCE]),
        json!([AUDIENCE, "other"]),
        json!(["other", AUDIENCE]),
        json!([AUDIENCE, AUDIENCE]),
        json!(["", AUDIENCE]),
        json!([[AUDIENCE]]),
        json!([AUDIENCE, 1]),
        json!([AUDIENCE, null]),
        json!([1, AUDIENCE]),
        json!([AUDIENCE, ["x"]]),
        json!({AUDIENCE: 1}),
        json!({"0": AUDIENCE}),
        json!(["other"]),
        json!("other"),
        json!("billing"),
        json!(format!("{AUDIENCE} ")),
        json!(format!("{AUDIENCE} other")),
        json!(format!("{AUDIENCE},other")),
        json!(format!("{AUDIENCE}\0")),
        json!(AUDIENCE.to_uppercase()),
        json!("*"),
        json!(["*"]),
        json!(["other", AUDIENCE, "é", "😀"]),
    ];
    let mut many: Vec<String> = (0..200).map(|index| format!("a{index}")).collect();
    many.push(AUDIENCE.to_owned());
    values.push(json!(many));
    let texts = values
        .into_iter()
        .map(|value| value.to_string())
        .chain([escaped(AUDIENCE), format!("[{}]", escaped(AUDIENCE))]);
    texts.map(|value| set("aud", "aud", value)).collect()
}

fn text() -> Vec<Change> {
    let long = [
        "a".repeat(128),
        "a".repeat(129),
        "a".repeat(255),
        "a".repeat(256),
        "a".repeat(257),
        "a".repeat(5000),
    ];
    let odd = [
        "a b",
        " a",
        "a ",
        "a\nb",
        "a\0b",
        "é",
        "e\u{301}",
        "😀",
        "../a",
        "a\"b",
        "a\\b",
        "<a>",
        "\u{202e}a",
        "\u{feff}a",
        "a@b.c",
        "a|b",
        "1",
        "true",
        "read read",
        "read  write",
        "read\twrite",
        "a:b/c?d#e",
    ];
    let values = || odd.into_iter().map(quoted).chain(long.iter().map(|text| quoted(text)));
    ["sub", "jti", "sid", "client_id", "scope", "nonce", "name"]
        .into_iter()
        .flat_map(|name| values().map(move |value| set("claim of odd text", name, value)))
        .collect()
}

fn spelling() -> Vec<Change> {
    const KIND: &str = "claim names and order";
    let names = || ["iss", "sub", "aud", "exp", "jti"].into_iter();
    let escaped_name = |name: &'static str| {
        Change::payload(KIND, format!("{name} named in escapes"), move |payload, _| {
            payload.respell(name, &escaped(name));
        })
    };
    let capitals = |name: &'static str| {
        Change::payload(KIND, format!("{name} named in capitals"), move |payload, _| {
            payload.respell(name, &quoted(&name.to_uppercase()));
        })
    };
    let padded = |name: &'static str| {
        Change::payload(KIND, format!("{name} named with a NUL"), move |payload, _| {
            payload.respell(name, &quoted(&format!("{name}\0")));
        })
    };
    let order = [
        Change::payload(KIND, "reversed", |payload, _| payload.reverse()),
        Change::payload(KIND, "sorted", |payload, _| payload.sort()),
        Change::payload(KIND, "values in escapes", |payload, _| {
            payload.set("iss", &escaped(ISSUER));
            payload.set("aud", &escaped(AUDIENCE));
            payload.set("sub", &escaped("u-1"));
        }),
    ];
    names()
        .map(escaped_name)
        .chain(names().map(capitals))
        .chain(names().map(padded))
        .chain(order)
        .collect()
}
