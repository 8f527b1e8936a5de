//! Services on other people's libraries: as they should be, and with a mistake that such services make.

use std::collections::BTreeSet;

use crate::server::Server;

#[test]
fn fastapi_with_pyjwt_as_it_should_be_is_left_alone() {
    let server = Server::python("pyjwt_fastapi.py", "");
    let mut options = server.well_armed();
    options.logout = Some(server.address("/logout"));

    assert_eq!(server.found(&options), BTreeSet::new());
}

#[test]
fn joserfc_as_it_should_be_is_left_alone() {
    let server = Server::python("joserfc_http.py", "");

    assert_eq!(server.found(&server.options()), BTreeSet::new());
}

#[test]
fn express_with_jsonwebtoken_as_it_should_be_is_left_alone() {
    let server = Server::node("jsonwebtoken_express.mjs", "");

    assert_eq!(server.found(&server.options()), BTreeSet::new());
}

#[test]
fn jose_as_it_should_be_is_left_alone() {
    let server = Server::node("jose_http.mjs", "");

    assert_eq!(server.found(&server.options()), BTreeSet::new());
}

#[test]
fn a_page_that_answers_200_to_everybody_is_told_by_what_it_shows() {
    let server = Server::node("jose_http.mjs", "page");

    assert_eq!(server.found(&server.options()), BTreeSet::new());
}

#[test]
fn golang_jwt_as_it_should_be_is_left_alone() {
    let server = Server::go("");

    assert_eq!(server.found(&server.options()), BTreeSet::new());
}

#[test]
fn what_a_service_on_pyjwt_does_wrong_is_found() {
    for (fault, rule) in [
        ("unverified", "live-signature-ignored"),
        ("any-algorithm", "live-algorithm-none"),
        ("expiry", "live-expiry-ignored"),
        ("audience", "live-audience-ignored"),
        ("strict-less", "live-type-ignored"),
        ("detailed", "live-detailed-refusal"),
        ("trace", "live-trace-shown"),
        ("unhandled", "live-server-error"),
        ("in-address", "live-token-in-url"),
        ("logout-kept", "live-logout-keeps-token"),
    ] {
        let server = Server::python("pyjwt_fastapi.py", fault);
        let mut options = server.well_armed();
        options.logout = Some(server.address("/logout"));

        let found = server.found(&options);
        assert!(found.contains(rule), "{fault}: {found:?}");
    }
}

#[test]
fn what_a_service_on_jsonwebtoken_does_wrong_is_found() {
    for (fault, rule) in [
        ("decoded", "live-signature-ignored"),
        ("none", "live-algorithm-none"),
        ("expiry", "live-expiry-ignored"),
        ("detailed", "live-detailed-refusal"),
        ("thrown", "live-trace-shown"),
        ("cookie", "live-cookie-readable"),
        ("cors", "live-cors-any-origin"),
        ("cached", "live-answer-cached"),
    ] {
        let server = Server::node("jsonwebtoken_express.mjs", fault);

        let found = server.found(&server.well_armed());
        assert!(found.contains(rule), "{fault}: {found:?}");
    }
}

#[test]
fn what_services_on_jose_and_joserfc_do_wrong_is_found() {
    let server = Server::node("jose_http.mjs", "embedded");
    let found = server.found(&server.options());
    assert!(found.contains("live-embedded-key"), "{found:?}");

    let server = Server::python("joserfc_http.py", "unvalidated");
    let found = server.found(&server.well_armed());
    for rule in ["live-expiry-ignored", "live-audience-ignored", "live-issuer-ignored"] {
        assert!(found.contains(rule), "{found:?}");
    }
}

#[test]
fn what_a_service_on_golang_jwt_does_wrong_is_found() {
    for (fault, rule) in [
        ("unverified", "live-signature-ignored"),
        ("none", "live-algorithm-none"),
        ("confused", "live-algorithm-confusion"),
        ("detailed", "live-detailed-refusal"),
    ] {
        let server = Server::go(fault);

        let found = server.found(&server.options());
        assert!(found.contains(rule), "{fault}: {found:?}");
    }
}
