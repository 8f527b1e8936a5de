use std::process::Command;

use crate::servers::Servers;

const SAME_ORIGIN: [&str; 2] = ["-H", "Sec-Fetch-Site: same-origin"];

#[test]
fn a_browser_lives_through_a_whole_session() {
    let mut servers = Servers::start();
    assert_eq!(servers.browse(&[], "/whoami").0, 401);

    servers.log_in();
    let (status, me) = servers.browse(&[], "/whoami");
    assert_eq!((status, me["subject"].as_str()), (200, Some("alice")));

    // What changes something shows where it comes from.
    let note = ["--json", r#"{"text":"milk"}"#];
    let origin = format!("Origin: {}", servers.example.url);
    assert_eq!(servers.browse(&note, "/notes").0, 403);
    assert_eq!(servers.browse(&[&note[..], &["-H", &origin]].concat(), "/notes").0, 201);
    assert_eq!(servers.browse(&[], "/notes").1[0]["text"], "milk");

    // The host of the example passes `/session/*` on, so the cookies are renewed in place.
    assert_eq!(servers.browse(&["-X", "POST"], "/session/refresh").0, 403);
    let post = [&["-X", "POST"][..], &SAME_ORIGIN].concat();
    assert_eq!(servers.browse(&post, "/session/refresh").0, 200);
    let (_, renewed) = servers.browse(&[], "/whoami");
    assert_eq!(renewed["session"], me["session"]);

    assert_eq!(servers.browse(&post, "/session/logout").0, 204);
    // curl does not write a jar that has become empty, so the old cookies go on being sent: what ends
    // them here is the revocation, which is on its way.
    assert!((0..100).any(|_| servers.browse(&[], "/whoami").0 == 401), "still logged in");
    assert_eq!(servers.example.terminate(), Some(0));
}

#[test]
fn a_missing_setting_is_one_line_that_names_it() {
    let output = Command::new(env!("CARGO_BIN_EXE_axum-api"))
        .args(["--issuer", "https://auth.example.com", "--client-id", "api"])
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();

    assert_eq!(output.status.code(), Some(2));
    assert_eq!(errors.lines().count(), 1);
    assert!(errors.contains("--issuer must end in /audiences/NAME"), "{errors}");
}
