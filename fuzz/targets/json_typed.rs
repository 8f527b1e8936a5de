//! Any bytes as a type of the caller's: what we read, another reader reads, and as the same value.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use tokenward::json;

#[derive(Debug, Deserialize, PartialEq)]
struct Everything<'a> {
    text: Option<String>,
    #[serde(borrow)]
    lent: Option<&'a str>,
    letter: Option<char>,
    small: Option<u8>,
    signed: Option<i64>,
    number: Option<Number>,
    yes: Option<bool>,
    #[serde(default)]
    list: Vec<Everything<'a>>,
    pair: Option<(u16, String)>,
    map: Option<BTreeMap<String, i32>>,
    choice: Option<Choice>,
    nothing: Option<()>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Bare,
    One(u8),
    Two(u8, u8),
    Named { text: String },
}

#[derive(Debug, Deserialize)]
struct Number(f64);

impl PartialEq for Number {
    /// The other reader rounds the last bit of a long number as it likes.
    fn eq(&self, other: &Self) -> bool {
        (self.0 - other.0).abs() <= self.0.abs() * 1e-15
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(ours) = json::from_slice::<Everything<'_>>(bytes) {
        let theirs: Everything<'_> = serde_json::from_slice(bytes).expect("valid JSON");
        assert_eq!(ours, theirs);
    }
    if json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok() {
        let _theirs: serde_json::Value = serde_json::from_slice(bytes).expect("valid JSON");
    }
});
