//! One mistake at a time, in a service that checks tokens by hand: each is found, and nothing else.

use std::collections::BTreeSet;

use tokenward_audit::{Address, Carrier, Refresh};

use crate::server::{Server, run};

#[test]
fn without_a_fault_it_is_left_alone_however_well_armed_the_auditor_is() {
    let server = Server::python("vulnerable.py", "");
    let mut options = server.well_armed();
    options.logout = Some(server.address("/logout"));
    options.refresh = Some(Refresh::new(server.address("/refresh"), server.text("refresh")));

    assert_eq!(server.found(&options), BTreeSet::new());
}

#[test]
fn each_way_not_to_check_a_signature_is_found_and_told_from_the_others() {
    each(&[
        ("unsigned", "live-signature-ignored"),
        ("any-text", "live-signature-ignored"),
        ("cut", "live-signature-ignored"),
        ("none", "live-algorithm-none"),
        ("none-odd", "live-algorithm-none"),
        ("none-missing", "live-algorithm-none"),
        ("zeros@ES256", "live-zero-signature"),
        ("zeros@ES384", "live-zero-signature"),
        ("zeros@ES512", "live-zero-signature"),
        ("json", "live-token-spelling"),
        ("extra-part", "live-token-spelling"),
        ("sealed", "live-signature-ignored"),
        ("sealed-token", "live-signature-ignored"),
        ("sealed-dir", "live-signature-ignored"),
    ]);
}

#[test]
fn a_public_key_that_passes_for_a_secret_is_found_in_each_of_its_forms() {
    each(&[
        ("confused-pem", "live-algorithm-confusion"),
        ("confused-bare-pem", "live-algorithm-confusion"),
        ("confused-crlf", "live-algorithm-confusion"),
        ("confused-pkcs1", "live-algorithm-confusion"),
        ("confused-der", "live-algorithm-confusion"),
        ("confused-base64", "live-algorithm-confusion"),
        ("confused-jwk", "live-algorithm-confusion"),
        ("confused-number", "live-algorithm-confusion"),
        ("guessable", "live-weak-secret"),
    ]);
}

#[test]
fn a_token_that_brings_its_key_is_found_in_each_place_of_the_header() {
    each(&[
        ("embedded-jwk", "live-embedded-key"),
        ("embedded-x5c", "live-embedded-key"),
        ("jku", "live-key-address"),
        ("jku-fetched", "live-key-address"),
        ("x5u", "live-key-address"),
        ("kid-file", "live-key-id-injection"),
        ("kid-sql", "live-key-id-injection"),
    ]);
}

#[test]
fn a_claim_that_nobody_looks_at_is_found() {
    each(&[
        ("expiry", "live-expiry-ignored"),
        ("no-expiry", "live-expiry-not-required"),
        ("not-before", "live-not-before-ignored"),
        ("audience", "live-audience-ignored"),
        ("issuer", "live-issuer-ignored"),
        ("type", "live-type-ignored"),
        ("crit", "live-critical-ignored"),
        ("doubled", "live-doubled-members"),
    ]);
}

#[test]
fn tokens_are_made_with_the_issuers_key_whatever_its_curve() {
    each(&[
        ("expiry@ES256", "live-expiry-ignored"),
        ("expiry@PS256", "live-expiry-ignored"),
        ("expiry@ES384", "live-expiry-ignored"),
        ("expiry@ES512", "live-expiry-ignored"),
        ("logout-by-signature@ES384", "live-revocation-evaded"),
        ("logout-by-signature@ES512", "live-revocation-evaded"),
    ]);
}

#[test]
fn a_habit_of_the_deployment_is_found() {
    each(&[
        ("detailed", "live-detailed-refusal"),
        ("differ", "live-refusals-differ"),
        ("trace", "live-trace-shown"),
        ("failing", "live-server-error"),
        ("in-address", "live-token-in-url"),
        ("cors", "live-cors-any-origin"),
        ("cached", "live-answer-cached"),
        ("page", "live-no-csp"),
        ("logout-kept", "live-logout-keeps-token"),
        ("logout-by-text", "live-revocation-evaded"),
        ("logout-by-signature@ES256", "live-revocation-evaded"),
        ("refresh-reused", "live-refresh-reused"),
        ("refresh-family", "live-refresh-family-lives"),
    ]);
}

#[test]
fn a_token_that_comes_in_a_cookie_is_sent_in_one_and_the_cookie_is_looked_at() {
    let server = Server::python("vulnerable.py", "cookie");
    let mut options = server.options();
    options.carrier = Carrier::Cookie("access".to_owned());

    let found = server.found(&options);

    let wanted = ["live-cookie-cross-site", "live-cookie-plain", "live-cookie-readable"];
    assert_eq!(found, BTreeSet::from(wanted));
}

#[test]
fn a_service_with_a_shared_secret_is_told_so_and_must_stay_with_its_hash() {
    for (fault, wanted) in [
        ("shared", BTreeSet::from(["token-shared-secret"])),
        ("any-hash", BTreeSet::from(["live-algorithm-not-pinned", "token-shared-secret"])),
    ] {
        let server = Server::python("vulnerable.py", fault);

        assert_eq!(server.found(&server.well_armed()), wanted, "{fault}");
    }
}

#[test]
fn plain_http_must_lead_to_https_and_carries_no_token_beyond_this_machine_unasked() {
    let server = Server::python("vulnerable.py", "");
    let mut options = server.options();
    options.plain = Some(server.address("/"));
    assert_eq!(server.found(&options), BTreeSet::from(["live-no-redirect"]));
    let leads = Server::python("hostile.py", "elsewhere");
    options.plain = Some(leads.address("/"));
    assert_eq!(server.found(&options), BTreeSet::new());

    // Every address is none of this machine's own, though one gets there by it.
    let url = server.text("url").replace("127.0.0.1", "0.0.0.0");
    options.address = Address::parse(&url).unwrap();
    let said = run(&options).unwrap_err().to_string();
    assert!(said.starts_with("plain HTTP beyond this machine"), "{said}");
    options.in_the_clear = true;
    let wanted = ["jwks-over-plain-http", "live-plain-http"];
    assert_eq!(server.found(&options), BTreeSet::from(wanted));
}

#[test]
fn a_session_that_is_ended_by_a_command_must_be_over() {
    let server = Server::python("vulnerable.py", "");
    let mut options = server.options();
    options.end = Some(Box::new(|| Ok(String::new())));

    assert_eq!(server.found(&options), BTreeSet::from(["live-end-keeps-token"]));
}

#[test]
fn a_server_that_wants_a_rest_gets_one() {
    let server = Server::python("vulnerable.py", "limited");

    assert_eq!(server.found(&server.options()), BTreeSet::new());
}

#[test]
fn where_the_valid_token_is_locked_out_the_rest_is_not_tried_and_the_report_says_so() {
    let server = Server::python("vulnerable.py", "locking");

    let audit = run(&server.options()).unwrap();

    let note = audit.notes.iter().find(|note| note.file == "the rest of the probes").unwrap();
    assert_eq!(note.why, "the valid token is accepted no longer (status 403)");
    assert_eq!(audit.findings.len(), 0, "{:?}", audit.findings);
}

#[test]
fn a_token_that_ends_on_the_way_is_replaced_by_a_new_login() {
    // It refuses its first token after fifteen requests, long before the end that stands in it.
    let server = Server::python("vulnerable.py", "none-short");
    let next = server.text("next");
    let mut options = server.options();
    options.log_in = Some(Box::new(move || Ok(next.clone())));

    // Found only with tokens that are made from the new one.
    assert_eq!(server.found(&options), BTreeSet::from(["live-algorithm-none"]));
}

#[track_caller]
fn each(faults: &[(&str, &'static str)]) {
    for (fault, rule) in faults {
        let server = Server::python("vulnerable.py", fault);
        let mut options = server.well_armed();
        options.logout = Some(server.address("/logout"));
        options.refresh = Some(Refresh::new(server.address("/refresh"), server.text("refresh")));
        assert_eq!(server.found(&options), BTreeSet::from([*rule]), "{fault}");
    }
}
