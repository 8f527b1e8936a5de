use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::limits::LIMITS;

#[test]
fn members_keep_their_order_and_their_text() {
    let object =
        Object::parse(br#" { "b" : [1, {"x":2}] , "a":"\u0041\n" , "c":-1.5e3 } "#).unwrap();

    let names: Vec<_> = object.iter().map(|member| member.name.to_str()).collect();
    assert_eq!(names, ["b", "a", "c"]);
    assert_eq!(object.get("b"), Some(Raw::Array(r#"[1, {"x":2}]"#)));
    assert_eq!(object.get("a").unwrap().as_str().unwrap(), "A\n");
    assert_eq!(object.get("c").unwrap().to_value(), Some(json!(-1500.0)));
    assert_eq!(object.get("d"), None);
}

#[test]
fn whatever_is_no_object_says_so() {
    for text in ["[]", "\"a\"", "1", "null", "true"] {
        assert_eq!(error(text), JsonError::NotAnObject, "{text}");
    }
}

#[test]
fn a_name_may_stand_once_in_each_object_however_it_is_written() {
    for text in [
        r#"{"a":1,"a":2}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"\u00e9":1,"é":2}"#,
        r#"{"\ud83d\ude00":1,"😀":2}"#,
        r#"{"x":[{"y":{"a":1,"b":2,"a":3}}]}"#,
        r#"{"":1,"":2}"#,
        r#"{"\/":1,"/":2}"#,
    ] {
        assert_eq!(error(text), JsonError::DuplicateName, "{text}");
    }
    assert!(Object::parse(br#"{"a":{"a":{"a":1}},"b":{"a":2}}"#).is_ok());
    assert!(Object::parse(br#"{"a":{"b":1,"\u0061":1}}"#).is_ok());
}

#[test]
fn a_name_may_stand_once_among_many() {
    let many = members(60);
    for again in [0, 23, 24, 25, 59] {
        let text = format!(r#"{{{many}"n{again}":2}}"#);
        assert_eq!(error(&text), JsonError::DuplicateName, "{again}");
    }
    assert!(Object::parse(format!(r#"{{{many}"n60":2}}"#).as_bytes()).is_ok());
}

#[test]
fn an_object_that_ends_frees_its_names() {
    // The names of a closed object must not count against its later siblings.
    assert!(Object::parse(br#"{"x":{"a":1},"y":{"a":1},"a":1}"#).is_ok());
    assert_eq!(error(r#"{"a":{"b":1},"b":1,"a":1}"#), JsonError::DuplicateName);
    // A name with an escape in it is compared with all others, however many there were.
    for before in [0, 40] {
        let others = members(before);
        let text = format!(r#"{{"x":{{{others}"a":1}},"\u0061":1}}"#);
        assert!(Object::parse(text.as_bytes()).is_ok(), "{text}");
    }
}

#[test]
fn an_escape_has_four_hexadecimal_digits() {
    assert!(Object::parse(br#"{"a":"\u00e9"}"#).is_ok());
    // What parses numbers takes a sign, too.
    for text in [r"\u+041", r"\u-041", r"\u 041", r"\u004", r"\u004g", r"\u{41}"] {
        assert_eq!(error(&format!("{{\"a\":\"{text}\"}}")), JsonError::Syntax, "{text}");
    }
}

#[test]
fn numbers_end_where_parsers_begin_to_differ() {
    for text in ["9007199254740991", "-9007199254740991", "0", "-0", "1e15", "1.5", "1E-5"] {
        assert!(Object::parse(format!("{{\"n\":{text}}}").as_bytes()).is_ok(), "{text}");
    }
    for text in ["9007199254740992", "-9007199254740992", "1e16", "1e400", "-1e400"] {
        assert_eq!(error(&format!("{{\"n\":{text}}}")), JsonError::NumberRange, "{text}");
    }
    let digits = |count| format!("{{\"n\":0.{}}}", "1".repeat(count));
    assert!(Object::parse(digits(LIMITS.json_number_bytes - 2).as_bytes()).is_ok());
    assert_eq!(error(&digits(LIMITS.json_number_bytes - 1)), JsonError::NumberRange);
}

#[test]
fn depth_ends_at_its_limit() {
    let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    assert!(Object::parse(nested(LIMITS.json_depth).as_bytes()).is_ok());
    assert_eq!(error(&nested(LIMITS.json_depth + 1)), JsonError::TooLarge);
}

#[test]
fn the_members_of_an_object_end_at_their_limit() {
    let members = |count: usize| {
        let members: Vec<_> = (0..count).map(|index| format!("\"{index}\":0")).collect();
        format!("{{\"x\":{{{}}}}}", members.join(","))
    };
    assert!(Object::parse(members(LIMITS.json_members).as_bytes()).is_ok());
    assert_eq!(error(&members(LIMITS.json_members + 1)), JsonError::TooLarge);
}

#[test]
fn half_a_surrogate_pair_is_no_character() {
    for text in [r"\ud800", r"\udfff", r"\ud800\ud800", r"\ud800x", r"\ud800\n", r"\udc00\ud800"] {
        assert_eq!(error(&format!("{{\"a\":\"{text}\"}}")), JsonError::LoneSurrogate, "{text}");
        assert_eq!(error(&format!("{{\"{text}\":1}}")), JsonError::LoneSurrogate, "{text}");
    }
}

#[test]
fn a_date_is_a_number_in_the_years_that_can_be_written() {
    let date = |text: &str| {
        let json = format!("{{\"d\":{text}}}");
        let object = Object::parse(json.as_bytes()).unwrap();
        object.get("d").unwrap().as_date()
    };
    assert_eq!(date("0"), Some(UnixTime::EPOCH));
    assert_eq!(date("253402300799"), Some(UnixTime::from_secs(LAST_DATE)));
    assert_eq!(date("253402300799.5"), Some(UnixTime::from_millis(LAST_DATE * 1_000 + 500)));
    assert_eq!(date("1.5"), Some(UnixTime::from_millis(1_500)));
    assert_eq!(date("1e3"), Some(UnixTime::from_secs(1_000)));
    for text in ["253402300800", "253402300800.5", "-1", "-0.001", "\"1\"", "null", "[1]"] {
        assert_eq!(date(text), None, "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_we_read_every_parser_reads_the_same(text in json_like()) {
        if let Ok(object) = Object::parse(text.as_bytes()) {
            let theirs: Map<String, Value> = serde_json::from_str(&text).unwrap();
            let ours: Map<String, Value> = object
                .iter()
                .map(|member| (member.name.to_str().into_owned(), member.value.to_value().unwrap()))
                .collect();
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn what_a_writer_writes_we_read(value in value()) {
        let text = json!({ "v": value }).to_string();
        let object = Object::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(object.get("v").unwrap().to_value().unwrap(), value);
    }

    #[test]
    fn a_text_is_the_same_however_each_of_its_characters_is_written(
        one in spelled_characters(),
        other in spelled_characters(),
    ) {
        let written = |characters: &[(char, u8)], skip: u8| -> String {
            characters.iter().map(|(c, way)| spelled(*c, way.wrapping_add(skip))).collect()
        };
        let said = |characters: &[(char, u8)]| -> String {
            characters.iter().map(|(c, _)| *c).collect()
        };
        let text = format!(r#"{{"{}":0}}"#, written(&one, 0));
        let object = Object::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(object.iter().next().unwrap().name.to_str(), said(&one));
        prop_assert!(object.has(&said(&one)));
        prop_assert_eq!(object.has(&said(&other)), said(&one) == said(&other));

        let twice = format!(r#"{{"{}":0,"{}":0}}"#, written(&one, 0), written(&one, 1));
        prop_assert_eq!(Object::parse(twice.as_bytes()).unwrap_err(), JsonError::DuplicateName);
        let both = format!(r#"{{"{}":0,"{}":0}}"#, written(&one, 0), written(&other, 0));
        let parsed = Object::parse(both.as_bytes());
        prop_assert_eq!(parsed.is_err(), said(&one) == said(&other));
    }

    #[test]
    fn a_number_ends_where_its_digits_do(number in 0..=9_007_199_254_740_991_u64, after in "[ -~\n]") {
        let text = format!("{{\"n\":{number}{after}}}");
        let theirs = serde_json::from_str::<Value>(&text).map(|value| value["n"].clone());
        match (Object::parse(text.as_bytes()), theirs) {
            (Ok(object), theirs) => {
                let value = object.get("n").unwrap();
                prop_assert_eq!(value.to_value(), theirs.ok());
                let date = value.as_u64().filter(|secs| *secs <= LAST_DATE);
                prop_assert_eq!(value.as_date(), date.map(UnixTime::from_secs));
            }
            // The one more digit of a number that is too large.
            (Err(JsonError::NumberRange), Ok(_)) => prop_assert!(after.as_bytes()[0].is_ascii_digit()),
            (Err(error), theirs) => prop_assert!(theirs.is_err(), "{}: {}", text, error),
        }
    }

    #[test]
    fn no_bytes_at_all_make_us_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _outcome = Object::parse(&bytes);
    }
}

/// Characters, few of them likely and so often the same, each with a way to write it.
fn spelled_characters() -> impl Strategy<Value = Vec<(char, u8)>> {
    let likely =
        prop::sample::select(vec!['a', '"', '\\', '/', '\u{8}', '\n', 'é', '\u{ffff}', '😀']);
    let character = prop_oneof![3 => likely, 1 => any::<char>()];
    proptest::collection::vec((character, any::<u8>()), 0..4)
}

/// `character` as it may stand in a string: as a writer writes it, or as an escape of either case.
fn spelled(character: char, way: u8) -> String {
    let escape = |unit: &u16| match way % 3 {
        1 => format!("\\u{unit:04x}"),
        _ => format!("\\u{unit:04X}"),
    };
    let written = json!(character).to_string();
    match written.strip_prefix('"').and_then(|written| written.strip_suffix('"')) {
        Some(written) if way.is_multiple_of(3) => written.to_owned(),
        _ => character.encode_utf16(&mut [0; 2]).iter().map(escape).collect(),
    }
}

/// Text that is JSON often enough to be interesting, and broken often enough too.
fn json_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(r#"{"a":1}"#),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(":"),
        Just(","),
        Just(r#""a""#),
        Just(r#""\u0061""#),
        Just(r#""b":"#),
        Just("-0.5e1"),
        Just("1e999"),
        Just("null"),
        Just("true"),
        Just(" "),
        Just("\n"),
        Just(r#""\ud83d\ude00""#),
        Just("é"),
    ];
    let pieces = proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat());
    let within = value().prop_map(|value| json!({ "a": value }).to_string()).boxed();
    let cut = (within.clone(), any::<prop::sample::Index>())
        .prop_map(|(text, at)| text.chars().take(at.index(text.len())).collect());
    let members = pieces.clone().prop_map(|text| format!("{{\"a\":1,{text}}}"));
    prop_oneof![pieces, within, cut, members]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// Members named n0, n1 and so on, each with a comma after it.
fn members(count: usize) -> String {
    (0..count).map(|n| format!("\"n{n}\":1,")).collect::<Vec<_>>().concat()
}

fn error(text: &str) -> JsonError {
    Object::parse(text.as_bytes()).unwrap_err()
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Pair<'a> {
    name: &'a str,
    more: Option<Vec<Kind>>,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Plain,
    Named(String),
    Whole { number: i8 },
    Known(Known),
}

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {}

#[test]
fn a_derived_type_is_read_by_its_names() {
    let text =
        r#"{"more":["plain",{"named":"\u0041"},{"whole":{"number":-7}}],"name":"x","else":[{}]}"#;

    let pair: Pair<'_> = from_str(text).unwrap();
    let more = vec![Kind::Plain, Kind::Named("A".to_owned()), Kind::Whole { number: -7 }];
    assert_eq!(pair, Pair { name: "x", more: Some(more) });
}

#[test]
fn a_struct_is_never_read_from_an_array() {
    for text in [r#"["x",null]"#, r#"{"name":"x","more":[{"whole":[1]}]}"#] {
        assert!(from_str::<Pair<'_>>(text).is_err(), "{text}");
        // The reader of every day takes them by position.
        assert!(serde_json::from_str::<Pair<'_>>(text).is_ok(), "{text}");
    }
}

#[test]
fn a_derived_type_is_read_by_the_strict_rules() {
    for (text, error) in [
        (r#"{"name":"x","name":"y"}"#, JsonError::DuplicateName),
        (r#"{"name":"x","more":[{"named":"\ud800"}]}"#, JsonError::LoneSurrogate),
        (r#"{"name":"x","n":1e400}"#, JsonError::NumberRange),
        (r#"{"name":"x"} {}"#, JsonError::Syntax),
    ] {
        assert_eq!(from_str::<Pair<'_>>(text), Err(ReadError::Json(error)), "{text}");
    }
}

#[test]
fn an_error_of_shape_does_not_repeat_what_was_there() {
    for text in [
        r#"{"name":4711}"#,
        r#"{"name":"x","more":["s3cr3t"]}"#,
        r#"{"name":"x","more":[{"whole":{"number":4711}}]}"#,
        r#"{"name":"x","more":[{"known":{"s3cr3t":1}}]}"#,
    ] {
        let error = from_str::<Pair<'_>>(text).unwrap_err().to_string();
        assert!(error.contains("expected"), "{error}");
        assert!(!error.contains("4711") && !error.contains("s3cr3t"), "{error}");
    }
}

#[test]
fn special_bytes_are_found_at_every_place() {
    let text =
        |at: usize, special: &str| format!("\"{}{special}{}\"", "é".repeat(at), "x".repeat(20));
    for at in 0..20 {
        for special in ["\"", "\\", "\u{1f}", "\u{0}"] {
            let quoted = text(at, special);
            assert!(from_str::<String>(&quoted).is_err(), "{quoted:?}");
        }
        for plain in ["!", "#", "[", "]", " ", "\u{7f}", "\u{80}", "\u{20ac}"] {
            let quoted = text(at, plain);
            assert_eq!(
                from_str::<String>(&quoted).unwrap(),
                serde_json::from_str::<String>(&quoted).unwrap()
            );
        }
    }
}
