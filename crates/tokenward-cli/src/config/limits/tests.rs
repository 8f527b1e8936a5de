use std::path::PathBuf;

use super::*;
use crate::config::tests::GOOD;
use crate::config::{Config, Problem, authority};

#[test]
fn what_is_not_said_is_as_it_suits_the_open_network() {
    for lines in ["", "[limits]", "[limits.failures]"] {
        let limits = read(lines).unwrap().limits;
        assert_eq!(limits.address, Limits::DEFAULT.address, "{lines}");
        assert_eq!(limits.failures, Limits::DEFAULT.failures, "{lines}");
    }
}

#[test]
fn rates_and_locks_are_what_the_file_says() {
    let limits = read(
        "[limits]\nclient = { per_second = 20, burst = 40 }\naddress = { per_second = 5 }\n\
         subject.burst = 7\nfailures = { free = 3, first = \"2s\", longest = \"1h\" }",
    );
    let limits = limits.unwrap().limits;

    assert_eq!(limits.client, Rate { per_second: 20, burst: 40 });
    assert_eq!(limits.address, Rate { per_second: 5, burst: 5 });
    assert_eq!(limits.session, Limits::DEFAULT.session);
    assert_eq!(limits.subject, Rate { burst: 7, ..Limits::DEFAULT.subject });
    let [first, longest] = [2, 3_600].map(Duration::from_secs);
    assert_eq!(limits.failures, Failures { free: 3, first, longest });
}

#[test]
fn a_limit_that_is_none_is_refused_with_its_name_and_the_mend() {
    for (line, said) in [
        ("client = { per_second = 0 }", "limits.client.per_second: must be a whole number from 1"),
        ("client = 5", "limits.client: must be a table"),
        ("session = { burst = 2000000 }", "limits.session.burst: 2000000 is over 1000000"),
        ("address = { rate = 5 }", "limits.address.rate: unknown setting"),
        ("failures = { free = 1001 }", "limits.failures.free: must be from 1 to 1000"),
        ("failures = { first = \"10ms\" }", "limits.failures.first: 10ms is under 1s"),
        ("failures = { longest = \"1d\" }", "limits.failures.longest: 1d is over 1h"),
        (
            "failures = { first = \"1m\", longest = \"5s\" }",
            "limits.failures.first: must be from 1s up to `longest`",
        ),
        ("connections = 5", "limits.connections: unknown setting"),
    ] {
        let problems = read(&format!("[limits]\n{line}")).unwrap_err();
        assert!(problems[0].to_string().contains(said), "{line}: {}", problems[0]);
        assert_eq!(problems.len(), 1, "{line}: {problems:?}");
    }
}

fn read(lines: &str) -> Result<Config, Vec<Problem>> {
    let text = format!("{GOOD}\n{lines}\n");
    authority::read("tokenward.toml", &text, PathBuf::new())
}
