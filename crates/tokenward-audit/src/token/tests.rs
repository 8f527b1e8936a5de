use super::*;
use crate::finding::Severity;

const NOW: u64 = 1_800_000_000;

#[test]
fn a_token_with_all_that_it_should_have_is_not_reproached() {
    let found = found(
        r#"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#,
        r#"{"iss":"https://a.example","aud":"api","sub":"u1","jti":"1","iat":1800000000,"exp":1800000300}"#,
    );
    assert_eq!(found, Vec::<&str>::new());
}

#[test]
fn each_thing_that_is_missing_or_odd_is_told() {
    let good = r#"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#;
    let claims = |more: &str| {
        format!(
            r#"{{"iss":"a","aud":"b","sub":"u1","jti":"1","iat":1800000000,"exp":1800000300{more}}}"#
        )
    };
    for (header, claims, rule) in [
        (r#"{"alg":"none","typ":"at+jwt","kid":"k"}"#, claims(""), "token-unsigned"),
        (r#"{"alg":"nOnE","typ":"at+jwt","kid":"k"}"#, claims(""), "token-unsigned"),
        (r#"{"typ":"at+jwt","kid":"k"}"#, claims(""), "token-unsigned"),
        (r#"{"alg":"HS256","typ":"at+jwt","kid":"k"}"#, claims(""), "token-shared-secret"),
        (r#"{"alg":"ES256","typ":"at+jwt"}"#, claims(""), "token-without-key-id"),
        (r#"{"alg":"ES256","kid":"k"}"#, claims(""), "token-without-type"),
        (
            r#"{"alg":"ES256","typ":"at+jwt","kid":"k","jku":"https://x"}"#,
            claims(""),
            "token-brings-key",
        ),
        (good, claims(r#","exp":1800007201"#), "token-long-lifetime"),
        (good, claims(r#","exp":1800000300000"#), "token-odd-time"),
        (good, claims(r#","nbf":"soon""#), "token-odd-time"),
        (good, claims(r#","nbf":1800009999"#), "token-odd-time"),
        (good, claims(r#","sub":"u2""#), "token-doubled-member"),
        (good, r#"{"iss":"a","aud":"b","sub":"u1","jti":"1"}"#.to_owned(), "token-without-end"),
        (
            good,
            r#"{"iss":"a","aud":"b","sub":"u1","exp":1800000300}"#.to_owned(),
            "token-without-id",
        ),
        (
            good,
            r#"{"iss":"a","sub":"u1","jti":"1","exp":1800000300}"#.to_owned(),
            "token-without-claim",
        ),
    ] {
        assert!(found(header, &claims).contains(&rule), "{rule}: {header} {claims}");
    }
}

#[test]
fn sensitive_data_is_told_by_name_and_by_what_it_looks_like() {
    for claim in [
        r#""password":"x""#,
        r#""user":{"phone":"555"}"#,
        r#""a":{"b":["$2b$12$abcdefghijklmnopqrstuv"]}"#,
        r#""pay":"4111 1111 1111 1111""#,
        r#""x":"078-05-1120""#,
        r#""id_token":"eyJhbGciOiJub25lIn0.e30.""#,
        r#""k":"-----BEGIN PRIVATE KEY-----""#,
        r#""aws_secret_access_key":"x""#,
        r#""at_secret":"x""#,
        r#""pin":1234"#,
        r#""b":"Bearer eyJhbGciOiJub25lIn0.e30.AA""#,
        r#""u":"https://u:PASS@a.example/""#,
        r#""j":"{\"a\":[{\"password\":\"x\"}]}""#,
        r#""n":4111111111111111"#,
        r#""n":4111111111111111.0"#,
        r#""cnf":{"jwk":{"kty":"EC","d":"orchard-42"}}"#,
    ] {
        assert!(found("{}", &format!("{{{claim}}}")).contains(&"token-sensitive-data"), "{claim}");
    }
    for claim in [
        r#""password_changed_at":1"#,
        r#""password_required":true"#,
        r#""email":"a@example.com""#,
        r#""n":"4111 1111 1111 1112""#,
        r#""order":"1111111111111117""#,
        r#""day":"2026-01-01""#,
        r#""secretary":"Ada""#,
        r#""secret_version":3"#,
        r#""pinned_at":1800000000"#,
        r#""pin_code":"110001""#,
        r#""pwd_exp":1800000000"#,
        r#""amr":["pwd","otp"]"#,
        r#""mail":"mailto:ada@example.com""#,
        r#""u":"https://a.example:8443/@ada""#,
        r#""j":"{\"a\":1}""#,
        r#""user_id":4111111111111111"#,
        r#""at":1800000000000"#,
        r#""d":"orchard-42-and-more""#,
        r#""cnf":{"jwk":{"kty":"EC","x":"orchard-42"}}"#,
    ] {
        assert!(!found("{}", &format!("{{{claim}}}")).contains(&"token-sensitive-data"), "{claim}");
    }
}

#[test]
fn a_refresh_token_may_live_for_a_month() {
    let claims = r#"{"token_type":"refresh","iat":1800000000,"exp":1801000000}"#;
    assert!(!found("{}", claims).contains(&"token-long-lifetime"));
    let access = claims.replace("refresh", "access");
    assert!(found("{}", &access).contains(&"token-long-lifetime"));
}

#[test]
fn what_is_no_token_is_refused_with_the_reason() {
    assert_eq!(audit_token("abc", NOW).unwrap_err(), TokenError::Parts);
    assert_eq!(audit_token("a.b.c", NOW).unwrap_err(), TokenError::NotJson("header"));
    assert_eq!(audit_token("e30.W10.", NOW).unwrap_err(), TokenError::NotJson("payload"));
    assert_eq!(audit_token(&"a".repeat(2 << 20), NOW).unwrap_err(), TokenError::TooLarge);
    let deep = BASE64.encode(format!("{{\"a\":{}", "[".repeat(100_000)));
    assert_eq!(
        audit_token(&format!("e30.{deep}."), NOW).unwrap_err(),
        TokenError::NotJson("payload")
    );
}

#[test]
fn a_token_is_read_as_people_copy_it() {
    for text in ["Bearer e30.e30.AA", " 'e30.e30.AA'\n", "bearer  e30.e30.AA"] {
        assert!(audit_token(text, NOW).is_ok(), "{text}");
    }
    let audit = audit_token("eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d", NOW).unwrap();
    assert_eq!(audit.claims, None);
}

#[test]
fn the_worst_that_can_be_said_is_that_nobody_signed_it() {
    let audit = audit_token("eyJhbGciOiJub25lIn0.e30.", NOW).unwrap();
    assert_eq!(audit.findings.iter().map(|one| one.severity).max(), Some(Severity::Critical));
}

fn found(header: &str, claims: &str) -> Vec<&'static str> {
    let signature = BASE64.encode([0; 64]);
    let token = format!("{}.{}.{signature}", BASE64.encode(header), BASE64.encode(claims));
    audit_token(&token, NOW).unwrap().findings.into_iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_signature_of_a_length_that_its_algorithm_has_not_is_told() {
    let odd = |algorithm: &str, bytes: usize| {
        let header = BASE64.encode(format!("{{\"alg\":\"{algorithm}\"}}"));
        let token = format!("{header}.e30.{}", BASE64.encode(vec![1; bytes]));
        let found = audit_token(&token, NOW).unwrap().findings;
        found.into_iter().find(|one| matches!(one.rule, "token-odd-signature" | "token-short-key"))
    };
    assert!(odd("HS512", 32).unwrap().message.contains("32 bytes, and those of HS512 have 64"));
    assert_eq!(odd("RS256", 128).unwrap().rule, "token-short-key");
    for (algorithm, bytes) in [("HS512", 64), ("ES512", 132), ("EdDSA", 114), ("RS256", 256)] {
        assert!(odd(algorithm, bytes).is_none(), "{algorithm} {bytes}");
    }
}

#[test]
fn two_tokens_are_not_taken_for_one() {
    let two = "eyJhbGciOiJub25lIn0.e30.\neyJhbGciOiJub25lIn0.e30.\n";
    assert_eq!(audit_token(two, NOW).unwrap_err(), TokenError::Several);
}

#[test]
fn claims_are_shown_without_what_is_sensitive_in_them() {
    let claims = BASE64.encode(
        r#"{"sub":"u1","password":"orchard-42","card":["4111111111111111"],"a":{"pin":7}}"#,
    );
    let shown = audit_token(&format!("e30.{claims}.AA"), NOW).unwrap().shown.unwrap();
    assert_eq!(shown["sub"], "u1");
    assert_eq!(shown["password"], "orch…");
    assert!(!shown.to_string().contains("4111111111111111"), "{shown}");
}

#[test]
fn a_header_is_looked_at_and_shown_as_claims_are() {
    let header = r#"{"alg":"ES256","kid":"k1","jwk":{"d":"orchard-1","x":"public"},"k":"orchard-2","password":"orchard-3","x":"eyJhbGciOiJub25lIn0.e30.AA"}"#;
    let audit = audit_token(&format!("{}.e30.AA", BASE64.encode(header)), NOW).unwrap();
    let shown = audit.shown_header.to_string();
    for hidden in ["orchard", "e30"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    assert!(shown.contains("public") && shown.contains("\"k1\""), "{shown}");
    let told: Vec<&str> = audit
        .findings
        .iter()
        .filter(|one| one.rule == "token-sensitive-data")
        .filter_map(|one| one.message.split(':').next())
        .collect();
    let wanted = ["`header.jwk.d`", "`header.k`", "`header.password`", "`header.x`"];
    assert_eq!(told, wanted);
}

#[test]
fn names_that_are_there_twice_are_one_finding_however_many_there_are() {
    let claims: Vec<String> = (0..20_000).map(|at| format!("\"{at}\":1,\"{at}\":2")).collect();
    let payload = BASE64.encode(format!("{{{}}}", claims.join(",")));
    let audit = audit_token(&format!("e30.{payload}.AA"), NOW).unwrap();
    let told: Vec<_> =
        audit.findings.iter().filter(|one| one.rule == "token-doubled-member").collect();
    assert_eq!(told.len(), 1);
    assert!(told[0].message.contains(" and 19995 more"), "{}", told[0].message);
}

#[test]
fn a_name_may_be_a_secret_and_is_not_repeated_whole() {
    let token = "eyJhbGciOiJub25lIn0.e30.AAAA";
    let claims =
        format!("{{\"{token}\":{{\"password\":\"x\"}},\"{}\":{{\"pwd\":1}}}}", "n".repeat(9_000));
    let audit = audit_token(&format!("e30.{}.AA", BASE64.encode(claims)), NOW).unwrap();
    let said = format!("{:?} {:?}", audit.findings, audit.shown);
    assert!(!said.contains("e30.AAAA") && !said.contains(&"n".repeat(99)), "{said}");
}
