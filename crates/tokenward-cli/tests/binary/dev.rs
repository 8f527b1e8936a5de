//! `tokenward serve --dev`, as a developer meets it.

use std::fs;

use crate::support::{Work, mode, until};
use serde_json::json;

#[test]
fn it_says_when_it_is_ready_and_leaves_what_a_client_needs() {
    let work = Work::new();
    let dev = work.dev("ready");

    assert_eq!(dev.process.place, dev.text("base_url"));
    assert_eq!(dev.text("audience"), "demo-api");
    assert_eq!(dev.text("client_id"), "demo-backend");
    assert_eq!(mode(&work.path(".tokenward/dev.json")), 0o600);
    assert_eq!(mode(&work.path(".tokenward/kek.key")), 0o600);
    assert_eq!(fs::read_to_string(work.path(".tokenward/.gitignore")).unwrap(), "*\n");

    let keys = dev.ask("GET", dev.text("jwks_uri"), &[], "");
    assert_eq!(keys.status, 200);
    assert_eq!(keys.headers["cache-control"], "public, max-age=1");
    assert!(!keys.headers.contains_key("strict-transport-security"));
}

#[test]
fn secrets_sessions_and_keys_outlive_a_restart() {
    let work = Work::new();
    let dev = work.dev("restart");
    let session = dev.session("alice");
    let before = dev.file.clone();
    assert_eq!(dev.process.stop(), Some(0));

    let dev = work.dev("restart");

    assert_eq!(dev.file["client_secret"], before["client_secret"]);
    assert_eq!(dev.file["admin_token"], before["admin_token"]);
    assert_eq!(dev.file["base_url"], before["base_url"]);
    assert_eq!(dev.gate(session["access_token"].as_str().unwrap()), 200);
}

#[test]
fn it_serves_this_machine_alone() {
    let work = Work::new();

    let said = work.refused(2, &["serve", "--dev", "--listen", "0.0.0.0:0"]);

    assert!(said.contains("--listen: 0.0.0.0:0 is not of this machine alone"), "{said}");
}

#[test]
fn a_second_one_on_the_same_folder_is_told_in_one_line() {
    let work = Work::new();
    let dev = work.dev("second");

    let said = work.refused(2, &["serve", "--dev", "--listen", "127.0.0.1:0"]);

    assert!(said.contains("is in use"), "{said}");
    drop(dev);
}

#[test]
fn a_folder_of_another_port_is_told_in_one_line() {
    let work = Work::new();
    drop(work.dev("port"));

    let said = work.refused(2, &["serve", "--dev", "--listen", "127.0.0.1:1"]);

    assert!(said.starts_with("tokenward: --listen: "), "{said}");
}

#[test]
fn keys_are_listed_and_rotated_with_and_without_an_authority() {
    let work = Work::new();
    let dev = work.dev("keys");
    let token = dev.session("alice")["access_token"].as_str().unwrap().to_owned();
    let active = |keys: &serde_json::Value| {
        let keys = keys.as_array().unwrap();
        keys.iter().find(|key| key["state"] == "active").unwrap()["kid"].clone()
    };

    let first = active(&work.good_json(&["keys", "list"]));
    work.good(&["keys", "rotate", "--wait"]);
    let second = active(&work.good_json(&["keys", "list", "--audience", "demo-api"]));
    assert_ne!(first, second);
    assert_eq!(dev.gate(&token), 200);
    work.good(&["keys", "rotate", "--wait"]);
    assert_eq!(dev.gate(&token), 200);
    assert_eq!(dev.process.stop(), Some(0));

    let third = active(&work.good_json(&["keys", "list"]));
    work.good(&["keys", "rotate", "--wait"]);
    let rotated = work.good_json(&["keys", "list"]);
    assert_ne!(active(&rotated), third);
    for member in [
        "kid",
        "audience",
        "alg",
        "state",
        "created_at",
        "activates_at",
        "retires_at",
        "withdraws_at",
        "custody",
    ] {
        assert!(rotated[0].get(member).is_some(), "{member}");
    }
}

#[test]
fn with_no_ripe_key_rotation_says_no_and_when() {
    let work = Work::new();
    let dev = work.dev("ripe");
    work.good(&["keys", "rotate", "--wait"]);

    let said = work.refused(1, &["keys", "rotate"]);

    assert!(said.contains("no standby key is ripe before 20"), "{said}");
    drop(dev);
}

#[test]
fn what_is_revoked_by_file_is_refused() {
    let work = Work::new();
    let dev = work.dev("revoke");
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|subject| dev.session(subject));
    let token = |session: &serde_json::Value| session["access_token"].as_str().unwrap().to_owned();
    let list = format!(
        "# gone\nsid {}\n{}\n",
        alice["session_id"].as_str().unwrap(),
        json!({"sub": "bob"})
    );
    fs::write(work.path("ids.txt"), list).unwrap();

    let answer = work.good_json(&["revoke", "--file", "ids.txt", "--reason", "stolen"]);

    assert_eq!(answer, json!({ "revoked": 2 }));
    until("alice is out", || dev.gate(&token(&alice)) == 401);
    until("bob is out", || dev.gate(&token(&bob)) == 401);
    assert_eq!(dev.gate(&token(&carol)), 200);

    work.good(&["sessions", "revoke", "--subject", "carol"]);
    until("carol is out", || dev.gate(&token(&carol)) == 401);
    let none = work.run(&["sessions", "revoke", "--subject", "carol"]);
    assert_eq!(none.status.code(), Some(1));
}

#[test]
fn a_file_is_read_to_its_end_before_anything_of_it_is_revoked() {
    let work = Work::new();
    let dev = work.dev("whole");
    let alice = dev.session("alice");
    let token = alice["access_token"].as_str().unwrap();
    let lines: Vec<_> = (0..2_500).map(|n| format!("jti id-{n}\n")).collect();
    let lines = lines.concat();
    fs::write(work.path("bad.txt"), format!("sub alice\n{lines}nonsense\n")).unwrap();
    fs::write(work.path("good.txt"), format!("sub alice\n{lines}")).unwrap();

    let said = work.refused(2, &["revoke", "--file", "bad.txt"]);

    assert!(said.contains("bad.txt:2502: ") && said.contains("nothing was revoked"), "{said}");
    assert_eq!(dev.gate(token), 200);
    let answer = work.good_json(&["revoke", "--file", "good.txt"]);
    assert_eq!(answer, json!({ "revoked": 2_501 }));
    until("alice is out", || dev.gate(token) == 401);
    assert_eq!(work.good_json(&["revoke", "--file", "good.txt"]), json!({ "revoked": 2_501 }));
}

#[test]
fn an_id_that_names_no_live_token_is_revoked_and_whoever_said_so_hears_of_it() {
    let work = Work::new();
    let _dev = work.dev("odd");
    // Of the first minute of 1970, of the year 2106, and of another kind.
    let ids = "jti AAAAAAABAAAAAAAAAAAAAA\njti AAD_____AAAAAAAAAAAAAA\njti 3f1c\nsid 3f1c\n";
    fs::write(work.path("odd.txt"), ids).unwrap();

    let output = work.run(&["revoke", "--file", "odd.txt"]);

    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("1 `jti`: the token has expired"), "{said}");
    assert!(said.contains("2 `jti`s: no authority of this kind mints such an id"), "{said}");
}

#[test]
fn an_order_that_does_not_fit_together_revokes_nothing() {
    let work = Work::new();
    let dev = work.dev("unfit");
    let (alice, bob) = (dev.session("alice"), dev.session("bob"));
    let [alices, bobs] = [&alice, &bob].map(|session| session["session_id"].as_str().unwrap());
    let token = alice["access_token"].as_str().unwrap();
    fs::write(work.path("empty.txt"), "# nothing\n").unwrap();

    for (order, mend) in [
        (vec!["--everything", "--yes", "--except-session", alices], "goes with --subject alone"),
        (vec!["--sid", alices, "--yes"], "--yes goes with --everything alone"),
        (vec!["--subject", "alice", "--except-session", bobs], "sessions list --subject alice"),
        (vec!["--jti", token], "that is a whole token"),
        (vec!["--file", "empty.txt"], "holds no id"),
    ] {
        let said = work.refused(2, &[&["revoke"], &order[..]].concat());
        assert!(said.contains(mend) && said.contains("nothing was revoked"), "{order:?}: {said}");
        assert!(!said.contains(token), "{said}");
    }
    assert_eq!(dev.gate(token), 200);
}

#[test]
fn everything_is_revoked_only_by_whoever_says_so_twice() {
    let work = Work::new();
    let dev = work.dev("everything");
    let alice = dev.session("alice");
    let token = alice["access_token"].as_str().unwrap();

    let said = work.refused(2, &["revoke", "--everything"]);

    assert!(said.contains("--yes"), "{said}");
    assert_eq!(dev.gate(token), 200);
    let answer = work.good_json(&["revoke", "--everything", "--yes", "--audience", "demo-api"]);
    assert_eq!(answer, json!({ "everything": true, "sessions": 1 }));
    until("alice is out", || dev.gate(token) == 401);
    assert_eq!(work.good_json(&["sessions", "list"]), json!([]));
}

#[test]
fn a_new_password_ends_all_sessions_but_the_one_in_which_it_was_set() {
    let work = Work::new();
    let dev = work.dev("password");
    let [here, there] = [dev.session("alice"), dev.session("alice")];
    let here = here["session_id"].as_str().unwrap();

    let raised = work.good_json(&["revoke", "--subject", "alice", "--except-session", here]);

    assert_eq!(raised, json!({ "token_version": 2 }));
    until("the other is out", || dev.gate(there["access_token"].as_str().unwrap()) == 401);
    let live = work.good_json(&["sessions", "list", "--subject", "alice"]);
    assert_eq!(live.as_array().unwrap().len(), 1);
    assert_eq!(live[0]["session_id"], here);
}

#[test]
fn sessions_are_listed_and_shown_without_anything_secret() {
    let work = Work::new();
    let dev = work.dev("sessions");
    let session = dev.session("alice");
    dev.session("bob");

    let listed = work.good_json(&["sessions", "list", "--subject", "alice"]);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["session_id"], session["session_id"]);

    let shown =
        work.good(&["sessions", "show", "--session", session["session_id"].as_str().unwrap()]);
    assert!(shown.contains("alice") && !shown.contains("twr_"), "{shown}");
    let said = work.refused(1, &["sessions", "show", "--session", "none"]);
    assert!(said.starts_with("tokenward: "), "{said}");
}

#[test]
fn a_service_is_added_gets_a_new_secret_and_is_removed() {
    let work = Work::new();
    let dev = work.dev("services");

    let made = work.good_json(&[
        "services",
        "add",
        "reports",
        "--may",
        "introspect",
        "--audience",
        "demo-api",
        "--scope",
        "invoices:read",
        "--scope",
        "invoices:write,reports:read",
    ]);
    let first = made["client_secret"].as_str().unwrap().to_owned();
    assert!(first.starts_with("tws_"));
    assert!(work.good(&["services", "list"]).contains("reports"));
    assert!(!work.good(&["services", "list"]).contains(&first));
    let listed = work.good_json(&["services", "list"]);
    assert_eq!((&listed[0]["name"], &listed[0]["scopes"]), (&"demo-backend".into(), &json!(["*"])));
    assert_eq!(listed[1]["scopes"], json!(["invoices:read", "invoices:write", "reports:read"]));
    let star = ["services", "add", "x", "--audience", "demo-api", "--scope", "*,read"];
    assert!(work.refused(2, &star).contains("scopes: `*` is any scope already"));

    let ask = |path: &str, secret: &str, body: &str| {
        use base64::Engine as _;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("reports:{secret}"));
        let basic = format!("Basic {pair}");
        let headers = [
            ("authorization", basic.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let url = format!("{}{path}", dev.text("base_url"));
        dev.ask("POST", &url, &headers, body).status
    };
    let grant = |secret: &str| ask("/oauth2/introspect", secret, "token=nonsense");
    assert_eq!(grant(&first), 200);
    for (scope, status) in [("reports:read", 200), ("admin", 400)] {
        let form = format!("grant_type=client_credentials&scope={scope}");
        assert_eq!(ask("/oauth2/token", &first, &form), status, "{scope}");
    }

    let second = work.good_json(&["services", "rotate-secret", "reports", "--overlap", "1h"]);
    assert_eq!(grant(&first), 200);
    assert_eq!(grant(second["client_secret"].as_str().unwrap()), 200);

    work.good(&["services", "remove", "reports"]);
    assert_eq!(grant(&first), 401);
    work.refused(1, &["services", "remove", "reports"]);
}

#[test]
fn administration_over_tcp_wants_the_token() {
    let work = Work::new();
    let dev = work.dev("tcp");
    let list = |token: &str| {
        work.command(&["keys", "list"])
            .env("TOKENWARD_ADMIN_URL", dev.text("admin_url"))
            .env("TOKENWARD_ADMIN_TOKEN", token)
            .env("TOKENWARD_CA_FILE", dev.text("ca_file"))
            .output()
            .unwrap()
    };

    assert_eq!(list(dev.text("admin_token")).status.code(), Some(0));
    let wrong = list("twa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(wrong.status.code(), Some(2));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("TOKENWARD_ADMIN_TOKEN") && !said.contains("twa_"), "{said}");
}

#[test]
fn an_administrators_token_does_what_its_scope_says_until_it_is_removed() {
    let work = Work::new();
    let dev = work.dev("admin-tokens");
    let made =
        work.good_json(&["admin-tokens", "add", "ci", "--scope", "read", "--lifetime", "1h"]);
    let run = |arguments: &[&str]| {
        let mut command = work.command(arguments);
        command
            .env("TOKENWARD_ADMIN_URL", dev.text("admin_url"))
            .env("TOKENWARD_ADMIN_TOKEN", made["token"].as_str().unwrap())
            .env("TOKENWARD_CA_FILE", dev.text("ca_file"));
        command.output().unwrap().status.code()
    };

    assert_eq!(run(&["keys", "list"]), Some(0));
    assert_eq!(run(&["keys", "rotate", "--wait"]), Some(2));
    assert_eq!(run(&["admin-tokens", "list"]), Some(2));
    let listed = work.good(&["admin-tokens", "list"]);
    assert!(listed.contains("ci") && !listed.contains("twa_"), "{listed}");

    work.good(&["admin-tokens", "remove", "ci"]);
    assert_eq!(run(&["keys", "list"]), Some(2));
}

#[test]
fn an_imported_key_verifies_and_does_not_sign() {
    let work = Work::new();
    let dev = work.dev("import");
    let old = tokenward::SigningKey::generate(tokenward::Algorithm::Es256).named_by_thumbprint();
    let jwk = serde_json::Value::Object(old.verifying_key().to_jwk().unwrap());
    fs::write(work.path("old.json"), jwk.to_string()).unwrap();

    let made =
        work.good_json(&["keys", "import", "--audience", "demo-api", "--until", "10m", "old.json"]);

    assert_eq!(made["kid"], jwk["kid"]);
    let keys = work.good_json(&["keys", "jwks"]);
    assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == jwk["kid"]));
    let listed = work.good_json(&["keys", "list"]);
    let row = listed.as_array().unwrap().iter().find(|key| key["kid"] == jwk["kid"]).unwrap();
    assert_eq!(row["state"], "retiring");
    drop(dev);
}

#[test]
fn a_compromised_key_ends_at_once() {
    let work = Work::new();
    let dev = work.dev("compromise");
    let token = dev.session("alice")["access_token"].as_str().unwrap().to_owned();
    let listed = work.good_json(&["keys", "list"]);
    let active = listed.as_array().unwrap().iter().find(|key| key["state"] == "active").unwrap();

    let kid = active["kid"].as_str().unwrap();
    // Else the second call would have the next key to begin with.
    let would = ["keys", "rotate", "--dry-run"];
    until("a standby is ripe", || work.run(&would).status.code() == Some(0));
    assert_eq!(work.good_json(&would)[0]["audience"], "demo-api");
    let done = work.good(&["keys", "compromise", kid]);

    assert!(done.contains("is trusted no more") && done.contains("still exposed:"), "{done}");
    let again = work.good_json(&["keys", "compromise", kid]);
    assert_eq!((&again["kid"], &again["steps"]), (&json!(kid), &json!([])));
    until("its tokens are out", || dev.gate(&token) == 401);
    let history = work.good_json(&["keys", "history"]);
    let states: Vec<_> =
        history.as_array().unwrap().iter().map(|key| key["state"].clone()).collect();
    assert!(states.contains(&json!("compromised")), "{states:?}");
}
