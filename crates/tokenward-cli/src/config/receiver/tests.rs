use std::path::{Path, PathBuf};

use tokenward_server::settings::EventKind;

use crate::config::tests::GOOD;
use crate::config::{Config, Delivery, Problem, authority};

#[test]
fn events_are_pushed_to_a_url_that_is_whom_they_are_for_unless_said_otherwise() {
    let push = "push = \"https://crm.example.com/events\"\n\
                authorization = { env = \"CRM\" }\nca = \"crm.pem\"";
    let config = read(push).unwrap();

    let receiver = &config.receivers[0];
    assert_eq!(receiver.recipient.as_str(), "https://crm.example.com/events");
    let Delivery::Push { ca, .. } = &receiver.delivery else { panic!("{receiver:?}") };
    assert_eq!(ca.as_deref(), Some(Path::new("crm.pem")));
    let secrets = config.secrets();
    assert!(secrets.iter().any(|(setting, _)| setting == "receiver.crm.authorization"));
    let named = read(&format!("{push}\nrecipient = \"https://crm.example.com\"")).unwrap();
    assert_eq!(named.receivers[0].recipient.as_str(), "https://crm.example.com");
}

#[test]
fn events_are_fetched_by_a_service_that_is_configured() {
    let poll = "poll = \"login-backend\"\nrecipient = \"https://crm.example.com\"";
    assert!(matches!(read(poll).unwrap().receivers[0].delivery, Delivery::Poll { .. }));
}

#[test]
fn a_receiver_is_told_of_ends_alone_unless_it_asks_for_more() {
    let push = "push = \"https://crm.example.com/events\"";
    assert_eq!(read(push).unwrap().receivers[0].events, [EventKind::SessionRevoked]);

    let all = "events = [\"session-revoked\", \"session-established\", \"new-device\", \
               \"refresh-reuse\"]";
    assert_eq!(read(&format!("{push}\n{all}")).unwrap().receivers[0].events, EventKind::ALL);
}

#[test]
fn what_cannot_work_is_refused_with_the_mend() {
    let good = "push = \"https://crm.example.com/events\"";
    for (lines, said) in [
        ("", "set exactly one of push, a URL, and poll"),
        ("push = \"https://a.example.com\"\npoll = \"login-backend\"", "set exactly one of push"),
        ("push = \"http://crm.example.com/events\"", "push: it must be an https URL"),
        ("push = \"https://u:p@crm.example.com\"", "push: it must not hold a user name"),
        ("poll = \"nobody\"\nrecipient = \"x:y\"", "no [[service]] with a secret named `nobody`"),
        ("poll = \"login-backend\"", "recipient: is missing"),
        (
            "push = \"https://a.example.com\"\nevents = [\"login\"]",
            "events: `login` is no kind of event; there are session-revoked,",
        ),
        ("push = \"https://a.example.com\"\nevents = []", "events: is empty"),
        (
            "poll = \"login-backend\"\nrecipient = \"x:y\"\nca = \"a\"",
            "ca: is for events that are pushed",
        ),
    ] {
        assert!(problem(lines).contains(said), "{lines}: {}", problem(lines));
    }
    let twice =
        format!("{good}\n[[receiver]]\nname = \"crm\"\naudiences = [\"billing-api\"]\n{good}");
    assert!(problem(&twice).contains("`crm` is there twice"));
    let text =
        text(good).replace("audiences = [\"billing-api\"]\npush", "audiences = [\"x\"]\npush");
    let problems = authority::read("tokenward.toml", &text, PathBuf::new()).unwrap_err();
    assert!(problems[0].to_string().contains("there is no [[audience]] named `x`"));
}

fn problem(lines: &str) -> String {
    let problems = read(lines).unwrap_err();
    assert_eq!(problems.len(), 1, "{lines}: {problems:?}");
    problems[0].to_string()
}

fn read(lines: &str) -> Result<Config, Vec<Problem>> {
    authority::read("tokenward.toml", &text(lines), PathBuf::new())
}

fn text(lines: &str) -> String {
    format!("{GOOD}\n[[receiver]]\nname = \"crm\"\naudiences = [\"billing-api\"]\n{lines}\n")
}
