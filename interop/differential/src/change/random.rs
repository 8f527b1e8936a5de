//! Changes that nobody thought of.

use std::rc::Rc;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::{Change, Edit, all};
use crate::members::quoted;

/// Any change: one of `wanted`, any other with a name, a claim of any content, or a byte anywhere.
///
/// # Panics
///
/// If none is wanted.
pub fn any_change(wanted: Vec<Change>) -> impl Strategy<Value = Change> {
    prop_oneof![
        8 => proptest::sample::select(wanted),
        1 => proptest::sample::select(all()),
        2 => claim(),
        2 => time(),
        2 => text(),
        1 => part(),
    ]
}

/// A claim, ours or not, of any content.
fn claim() -> impl Strategy<Value = Change> {
    let name = prop_oneof![
        proptest::sample::select(vec![
            "sub",
            "jti",
            "sid",
            "client_id",
            "scope",
            "aud",
            "ver",
            "amr"
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
    ];
    (name, any_json()).prop_map(|(name, value)| {
        let value = value.to_string();
        Change::payload("random claim", format!("{name} is {value}"), move |payload, _| {
            payload.set(&name, &value);
        })
    })
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..9_007_199_254_740_992).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z]{1,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

/// A time at any distance but too near to an edge, written in any way.
fn time() -> impl Strategy<Value = Change> {
    let names = proptest::sample::select(vec!["exp", "iat", "nbf", "auth_time"]);
    let distances = prop_oneof![Just(0_i64), 10_i64..1000, -1000_i64..-10, any::<i64>()];
    let forms = proptest::sample::select(vec![
        "",
        ".0",
        ".5",
        ".999999",
        "e0",
        "E-0",
        "0e-1",
        "00e-2",
        ".000000000001",
    ]);
    (names, distances, forms).prop_map(|(name, distance, form)| {
        let shown = format!("{name} is now{distance:+}, with {form:?}");
        Change::payload("random time", shown, move |payload, context| {
            let at = i128::from(context.now) + i128::from(distance);
            payload.set(name, &format!("{at}{form}"));
        })
    })
}

/// A few bytes in the JSON of the header or of the payload.
fn text() -> impl Strategy<Value = Change> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..3),
        "[ \\t\\n{}\\[\\]:,\"\\\\0-9eE.+truefalsn-]{0,3}".prop_map(String::into_bytes),
    ];
    (any::<bool>(), any::<Index>(), 0_usize..3, bytes).prop_map(|(header, at, cut, bytes)| {
        let part = if header { "header" } else { "payload" };
        let name = format!("{cut} of the {part} by {:?}, {at:?}", String::from_utf8_lossy(&bytes));
        let edit = Rc::new(move |text: &mut Vec<u8>, _: &crate::Context<'_>| {
            let from = at.index(text.len() + 1);
            let to = text.len().min(from + cut);
            drop(text.splice(from..to, bytes.iter().copied()));
        });
        let edit = if header { Edit::HeaderText(edit) } else { Edit::PayloadText(edit) };
        Change::new("random bytes of the JSON", name, edit)
    })
}

/// A few characters of an encoded part.
fn part() -> impl Strategy<Value = Change> {
    ("[A-Za-z0-9_=+/ -]{0,3}", any::<Index>(), 0_usize..3, 0..3).prop_map(
        |(characters, at, cut, part)| {
            let name = format!("{cut} of part {part} by {}, {at:?}", quoted(&characters));
            let edit = Rc::new(move |text: &mut String, _: &crate::Context<'_>| {
                let mut all: Vec<char> = text.chars().collect();
                let from = at.index(all.len() + 1);
                let to = all.len().min(from + cut);
                drop(all.splice(from..to, characters.chars()));
                *text = all.into_iter().collect();
            });
            let edit = match part {
                0 => Edit::HeaderPart(edit),
                1 => Edit::PayloadPart(edit),
                _ => Edit::SignaturePart(edit),
            };
            Change::new("random characters of a part", name, edit)
        },
    )
}
