//! The rows of ASVS V3 that headers decide, on real answers: `vectors/asvs/v3.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use http::HeaderMap;
use serde::Deserialize;

use crate::production::{certificate, listen, serve};
use crate::support::{Answer, Work, ask};

#[test]
fn every_row_of_asvs_about_headers_holds_on_every_answer() {
    let answers = answers();
    let mut wrong = Vec::new();
    for row in rows() {
        let mut seen = 0;
        for (what, headers) in answers.iter().filter(|(what, _)| row.is_about(what)) {
            seen += 1;
            if let Err(why) = row.holds(headers) {
                wrong.push(format!("{} ({}) on {what}: {why}", row.id, row.says));
            }
        }
        assert!(seen > 0, "{}: no answer of {:?}", row.id, row.on);
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[derive(Deserialize)]
struct Table {
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    level: u8,
    says: String,
    on: Vec<String>,
    header: String,
    is: Option<String>,
    begins: Option<String>,
    longest: Option<usize>,
    at_least: Option<(String, u64)>,
    #[serde(default)]
    parts: Vec<String>,
    directives: Option<BTreeMap<String, String>>,
    #[serde(default)]
    absent: bool,
    /// Why it does not hold yet.
    open: Option<String>,
}

impl Row {
    /// `what` is `PLACE: request`.
    fn is_about(&self, what: &str) -> bool {
        self.on.iter().any(|place| what.split(':').next() == Some(place))
    }

    fn holds(&self, headers: &HeaderMap) -> Result<(), String> {
        assert!((1..=3).contains(&self.level), "{}", self.id);
        let values: Vec<&str> =
            headers.get_all(&self.header).iter().map(|value| value.to_str().unwrap()).collect();
        if self.absent {
            return if values.is_empty() { Ok(()) } else { Err(format!("{values:?}")) };
        }
        if values.is_empty() {
            return Err("there is none".to_owned());
        }
        if self.header != "set-cookie" && values.len() != 1 {
            return Err(format!("{values:?}"));
        }
        let holds = values.iter().all(|value| self.holds_of(value));
        match (&self.open, holds) {
            (None, true) | (Some(_), false) => Ok(()),
            (Some(why), true) => Err(format!("it holds now, and the table says: {why}")),
            (None, false) => Err(format!("{values:?}")),
        }
    }

    fn holds_of(&self, value: &str) -> bool {
        let parts: Vec<&str> = value.split(';').map(str::trim).collect();
        let number = |name: &str| {
            let mut found = parts.iter().filter_map(|part| part.strip_prefix(name));
            found.next().and_then(|rest| rest.strip_prefix('=')?.parse::<u64>().ok())
        };
        self.is.as_deref().is_none_or(|is| is == value)
            && self.begins.as_deref().is_none_or(|begins| value.starts_with(begins))
            && self.longest.is_none_or(|longest| parts[0].len() <= longest)
            && self.parts.iter().all(|part| parts.contains(&&**part))
            && self.at_least.as_ref().is_none_or(|(name, least)| number(name) >= Some(*least))
            && self.directives.iter().flatten().all(|(name, want)| directive(&parts, name) == *want)
    }
}

/// What a policy says of `name`; every nonce is `*`.
fn directive(parts: &[&str], name: &str) -> String {
    let of = |name: &str| {
        let mut found = parts.iter().filter_map(|part| part.strip_prefix(name)?.strip_prefix(' '));
        found.next()
    };
    let fetches = name.ends_with("-src");
    let text = of(name).or_else(|| of("default-src").filter(|_| fetches)).unwrap_or("nothing");
    let sources = text
        .split(' ')
        .map(|source| if source.starts_with("'nonce-") { "'nonce-*'" } else { source });
    sources.collect::<Vec<_>>().join(" ")
}

fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/asvs/v3.toml");
    toml::from_str::<Table>(&fs::read_to_string(path).unwrap()).unwrap().row
}

/// The headers of real answers, each with where it is from.
fn answers() -> Vec<(String, HeaderMap)> {
    let mut answers = production();
    let work = Work::new();
    let dev = work.dev("headers");
    let shop = dev.text("demo_url");
    let own = ("sec-fetch-site", "same-origin");
    answers.push(named("page: /", dev.ask("GET", &format!("{shop}/"), &[], "")));
    let body = r#"{"subject":"alice","audience":"demo-api","delivery":"cookie"}"#;
    let made = dev.post("/v1/sessions", &serde_json::from_str(body).unwrap());
    let cookies: Vec<&str> = made.headers.get_all("set-cookie").iter().map(pair).collect();
    let cookies = cookies.join("; ");
    let headers = [own, ("cookie", cookies.as_str())];
    answers.push(named("login: /v1/sessions", made));
    for (place, path) in [("login", "/session/refresh"), ("logout", "/session/logout")] {
        let answer = dev.ask("POST", &format!("{shop}{path}"), &headers, "");
        assert!(answer.headers.contains_key("set-cookie"), "{path}: {}", answer.text());
        answers.push(named(&format!("{place}: {path}"), answer));
    }
    answers
}

fn production() -> Vec<(String, HeaderMap)> {
    let work = Work::new();
    work.good(&["init", "--data", "auth", "--issuer", "https://localhost:8443"]);
    certificate(&work.path("auth"), 2_000, 4_000);
    let port = listen(&work);
    let server = serve(&work, "headers");
    let ca = fs::read(work.path("auth/fullchain.pem")).unwrap();
    let requests = [
        ("GET", "/audiences/billing-api/jwks.json"),
        ("GET", "/session"),
        ("GET", "/session/tokenward.js"),
        ("POST", "/session/refresh"),
        ("POST", "/v1/sessions"),
        ("POST", "/oauth2/token"),
        ("OPTIONS", "/session/refresh"),
        ("GET", "/none"),
        ("PUT", "/session"),
    ];
    let answers = requests.map(|(method, path)| {
        let url = format!("https://localhost:{port}{path}");
        named(&format!("authority: {path}"), ask(method, &url, &[], "", Some(&ca)))
    });
    drop(server);
    answers.into()
}

fn named(what: &str, answer: Answer) -> (String, HeaderMap) {
    (what.to_owned(), answer.headers)
}

/// Name and value of a cookie.
fn pair(line: &http::HeaderValue) -> &str {
    line.to_str().unwrap().split(';').next().unwrap()
}
