//! A payload that begins as ours do is read from there on, with the same verdict.

use proptest::prelude::*;

use super::*;

const OPENING: &str = r#"{"iss":"https://auth.example.com","aud":"orders-api","#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn what_is_read_after_an_opening_is_what_is_read_without_it(
        space in prop_oneof![4 => Just(""), 1 => Just(" ")],
        members in proptest::collection::vec(member(), 0..12),
        end in prop_oneof![8 => Just("}"), 1 => Just(",}"), 1 => Just(""), 1 => Just("}}")],
    ) {
        let good = r#""sub":"u","client_id":"c","jti":"j","iat":1,"exp":2"#;
        let members: Vec<&str> = members;
        for first in [good, ""] {
            let all: Vec<&str> =
                [first].iter().chain(&members).copied().filter(|one| !one.is_empty()).collect();
            let ours = format!("{OPENING}{space}{}{end}", all.join(","));
            // A space that no opening has, and that means nothing.
            let others = ours.replacen("{\"iss\"", "{ \"iss\"", 1);
            prop_assert!(with_opening(&ours).is_some() && with_opening(&others).is_none());
            prop_assert_eq!(verdict(&ours), verdict(&others));
        }
    }
}

#[test]
fn an_opening_is_whole() {
    assert_eq!(with_opening(&format!("{OPENING}\"sub\":\"u\"}}")), Some(OPENING.len()));
    for other in [
        r#"{"iss":"https://auth.example.com","aud":"orders-api"}"#,
        r#"{"iss":"https://auth.example.com","aud":["orders-api"],"sub":"u"}"#,
        r#"{"iss":"https://auth.example.com.evil","aud":"orders-api","sub":"u"}"#,
        r#"{"iss":"https://auth.example.com","aud":"orders-api-2","sub":"u"}"#,
        r#"{"aud":"orders-api","iss":"https://auth.example.com","sub":"u"}"#,
        r#"{"iss":"https://auth.example.com","aud":"orders-ap\u0069","sub":"u"}"#,
        "",
    ] {
        assert_eq!(with_opening(other), None, "{other}");
    }
}

fn with_opening(payload: &str) -> Option<usize> {
    asked(|expected| opening(payload.as_bytes(), expected))
}

fn verdict(payload: &str) -> Result<String, Reason> {
    asked(|expected| read(payload.as_bytes(), expected).map(|claims| format!("{claims:?}")))
}

fn asked<T>(ask: impl FnOnce(&Expected<'_>) -> T) -> T {
    let issuer = Arc::new(IssuerId::new("https://auth.example.com").expect("an issuer"));
    let audience = Arc::new(Audience::new("orders-api").expect("an audience"));
    ask(&Expected {
        issuer: &issuer,
        audience: &audience,
        client_id: true,
        proven: Proven::NOTHING,
    })
}

/// A member that may follow: good, bad, twice, or in another spelling.
fn member() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        r#""iss":"https://auth.example.com""#,
        r#""aud":["orders-api"]"#,
        r#""\u0061ud":"orders-api""#,
        r#""\u0069ss":1"#,
        r#""sub":"v""#,
        r#""cnf":{"jkt":"k"}"#,
        r#""sid":"s""#,
        r#""ver":3"#,
        r#""nbf":1.5"#,
        r#""scope":"a b""#,
        r#""auth_time":null"#,
        r#""roles":["admin",{"a":1,"a":2}]"#,
        r#""name":"\ud800""#,
        r#""é":"é""#,
        r#""é":"\t""#,
        "1",
        "",
    ])
}
