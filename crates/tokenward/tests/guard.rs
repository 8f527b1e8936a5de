//! Walks the files under `vectors/guard/`: what looks confidential is named, what only resembles it passes.
#![cfg(test)]
#![expect(clippy::arithmetic_side_effects, reason = "of single digits")]

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use tokenward::{AccessLifetime, Audience, IssueError, Issuer, IssuerId, Sensitive};

#[test]
fn every_value_has_its_verdict() {
    let mut wrong = Vec::new();
    for file in files() {
        for case in &file.cases {
            let found = verdict(&case.value);
            if found != case.verdict {
                wrong.push(format!("{}: {}: {found}, not {}", file.title, case.name, case.verdict));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_kind_has_values_that_are_it_and_values_that_only_resemble_it() {
    let files = files();
    assert!(files.len() >= 6, "only {} files", files.len());
    for file in &files {
        assert!(!file.title.is_empty() && !file.license.is_empty() && !file.records.is_empty());
        assert!(file.cases.iter().filter(|case| case.verdict == PASSES).count() >= 5);
    }
    let cases = || files.iter().flat_map(|file| &file.cases);
    let verdicts: BTreeSet<&str> = cases().map(|case| &*case.verdict).collect();
    for kind in Sensitive::ALL {
        assert!(verdicts.contains(kind.as_str()), "no vector is {kind}");
    }
    // The same holds wherever it stands.
    for case in cases() {
        assert_eq!(verdict(&json!([{ "deep": [case.value] }])), case.verdict, "{}", case.name);
    }
}

proptest! {
    #[test]
    fn no_json_makes_it_panic(value in any_json()) {
        verdict(&value);
    }

    #[test]
    fn what_services_name_things_by_passes(
        uuid in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        hash in "[0-9a-f]{64}",
        thumbprint in "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]",
        scope in "[a-z]{2,8}:[a-z]{2,8}",
        small in 0_u64..1_000_000_000_000,
        seconds in 0_i64..4_000_000_000,
    ) {
        // Eleven digits with the check digit of a German tax id are one, whoever made them.
        let plain = small < 10_000_000_000;
        for value in [json!(uuid), json!(hash), json!(thumbprint), json!([scope]), json!(seconds)] {
            prop_assert_eq!(verdict(&value), PASSES, "{}", value);
        }
        if plain {
            prop_assert_eq!(verdict(&json!(small)), PASSES);
        }
    }

    #[test]
    fn a_card_is_found_however_it_is_written(
        scheme in prop::sample::select(vec!["4", "51", "55", "2221", "6011"]),
        rest in "[0-9]{15}",
        separator in prop::sample::select(vec!["", " ", "-"]),
    ) {
        let body: String = format!("{scheme}{rest}").chars().take(15).collect();
        let number = format!("{body}{}", check_digit(&body));
        let groups = number.as_bytes().chunks(4).map(|group| str::from_utf8(group).unwrap());
        let groups: Vec<&str> = groups.collect();

        prop_assert_eq!(verdict(&json!(groups.join(separator))), "card_number");
        // Nine of ten other last digits are of no card.
        let last = number.as_bytes()[15] - b'0';
        let other = format!("{body}{}", (last + 1) % 10);
        prop_assert_eq!(verdict(&json!(other)), PASSES);
    }

    #[test]
    fn an_account_is_found_by_its_check_digits_alone(account in "[0-9]{18}", wrong in 1_u32..97) {
        let number = format!("{account}131400"); // D, E and the place of the check digits
        let check = 98 - number.bytes().fold(0, |rest, b| (rest * 10 + u32::from(b - b'0')) % 97);
        prop_assert_eq!(verdict(&json!(format!("DE{check:02}{account}"))), "bank_account");

        // Two digits can be wrong in 96 ways.
        let other = (check - 2 + wrong) % 97 + 2;
        prop_assert_eq!(verdict(&json!(format!("DE{other:02}{account}"))), PASSES);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9 .+()@A-Z-]{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The digit that completes a card's number (ISO/IEC 7812-1).
fn check_digit(body: &str) -> u32 {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = u32::from(byte - b'0');
            if at % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
        })
        .sum();
    (10 - sum % 10) % 10
}

/// What a claim with `value` is taken for.
fn verdict(value: &Value) -> &'static str {
    let issuer = Issuer::builder()
        .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api").unwrap())
        .audience(Audience::new("billing-api").unwrap())
        .lifetime(AccessLifetime::new(Duration::from_secs(300)).unwrap())
        .claims(["claim"])
        .build();
    match issuer.check_claim("claim", value) {
        Ok(()) => PASSES,
        Err(IssueError::Confidential { name, looks_like }) if name == "claim" => {
            looks_like.as_str()
        }
        Err(error) => panic!("{error}"),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    records: Vec<String>,
    license: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    value: Value,
    verdict: String,
}

fn files() -> Vec<File> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/guard");
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
}

const PASSES: &str = "passes";
