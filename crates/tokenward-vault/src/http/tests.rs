use super::*;

#[test]
fn each_answer_of_the_api_has_its_own_meaning() {
    for (status, body, error) in [
        (400, r#"{"errors":["no key_version"]}"#, "Vault refuses `transit/sign/k`: no key_version"),
        (403, "", "Vault denies `update` on `transit/sign/k`"),
        (404, r#"{"errors":[]}"#, "Vault holds nothing at `transit/sign/k`"),
        (404, r#"{"errors":["no handler for route \"transit/sign/k\""]}"#, "Vault has nothing at"),
        (404, r#"{"errors":["1 error occurred:\n\t* unsupported path\n\n"]}"#, "the engine has no"),
        (404, r#"{"data":{"data":null,"metadata":{"version":1}}}"#, "Vault holds nothing at"),
        (404, "", NOT_OF_VAULT),
        (404, "<html>no backend</html>", NOT_OF_VAULT),
        (404, "{}", NOT_OF_VAULT),
        (404, r#"{"error":"no backend"}"#, NOT_OF_VAULT),
        (404, r#"{"errors":["no backend"]}"#, NOT_OF_VAULT),
        (404, r#"{"data":{"metadata":{"version":1}}}"#, NOT_OF_VAULT),
        (404, r#"{"data":{"data":null}}"#, NOT_OF_VAULT),
        (405, r#"{"errors":["unsupported operation"]}"#, "the engine has no `transit/sign/k`"),
        (429, "", "Vault throttles (429)"),
        (472, "", "this Vault node is a standby"),
        (473, "", "this Vault node is a standby"),
        (
            500,
            r#"{"errors":["internal error"]}"#,
            "Vault answered 500 Internal Server Error: internal",
        ),
        (501, "", "Vault is not initialized"),
        (503, r#"{"errors":["Vault is sealed"]}"#, "Vault is sealed: unseal it"),
        (503, r#"{"error":"barrier sealed"}"#, "Vault is sealed: unseal it"),
        (503, "<html>sealed</html>", "Vault answered 503 Service Unavailable: nothing more"),
        (307, "", "Vault answered 307 Temporary Redirect, and no redirect is followed"),
    ] {
        let said = meaning(status, body).to_string();
        assert!(said.starts_with(error), "{status} {body}: {said}");
    }
}

#[test]
fn what_is_missing_outside_of_the_engine_is_no_key() {
    for path in ["auth/approle/login", "auth/token/lookup-self", "transitory/keys/k"] {
        let said = meaning_at(path, 404, r#"{"errors":[]}"#).to_string();
        assert!(said.starts_with("404 for `"), "{path}: {said}");
    }
}

#[test]
fn what_a_vault_says_is_cut_and_stays_on_one_line() {
    let body = serde_json::json!({ "errors": ["a\nb\u{1b}[31m", "x".repeat(5_000)] }).to_string();

    let said = meaning(400, &body).to_string();
    assert!(said.starts_with("Vault refuses `transit/sign/k`: a b [31m; xxx"), "{said}");
    assert!(said.len() < 400 && !said.contains('\n'));
}

#[test]
fn only_what_may_pass_by_itself_is_tried_again() {
    for (status, again) in [
        (400, false),
        (403, false),
        (404, true),
        (412, true),
        (429, true),
        (472, false),
        (500, true),
        (502, true),
    ] {
        assert_eq!(meaning(status, "").is_passing(), again, "{status}");
    }
    assert!(!meaning(503, r#"{"errors":["Vault is sealed"]}"#).is_passing());
    assert!(!meaning(404, r#"{"errors":[]}"#).is_passing());
}

#[test]
fn a_wait_is_read_in_seconds_and_nothing_else_counts() {
    for (text, wait) in [("7", Some(7)), (" 7 ", Some(7)), ("-1", None), ("soon", None)] {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
        assert_eq!(retry_after(&headers), wait.map(Duration::from_secs), "{text}");
    }
}

fn meaning(status: u16, body: &str) -> VaultError {
    meaning_at("transit/sign/k", status, body)
}

fn meaning_at(path: &str, status: u16, body: &str) -> VaultError {
    let answer = Answer {
        status: StatusCode::from_u16(status).unwrap(),
        retry_after: None,
        body: Zeroizing::new(body.as_bytes().to_vec()),
    };
    let call = Call::post(path, &serde_json::json!({}));
    answer.good(&call, &Mount::new("transit").unwrap()).err().unwrap()
}

const NOT_OF_VAULT: &str = "404 for `transit/sign/k`, and not in the words of a Vault";
