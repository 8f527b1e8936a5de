//! `docs/openapi.json` says what the routes are and what they answer.

mod document;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Bench, LOGIN, Reply, SAME_ORIGIN, cookie, session_of};

#[test]
fn the_document_is_the_one_that_is_checked_in() {
    let made = format!("{:#}\n", document::document());
    if std::env::var_os("TOKENWARD_WRITE_OPENAPI").is_some() {
        fs::write(path(), &made).unwrap();
    }

    let known = fs::read_to_string(path()).unwrap();

    assert!(
        made == known,
        "run this test with TOKENWARD_WRITE_OPENAPI=1, and look at what changes"
    );
}

#[test]
fn every_route_is_in_the_document_and_nothing_else() {
    let source = include_str!("../../src/authority/routes.rs");
    let routes = source.split('"').filter(|text| text.starts_with('/') && !text.contains(' '));
    let names = ["oauth-authorization-server", "openid-configuration"];
    let routes: BTreeSet<String> = routes
        .flat_map(|route| {
            let route = route.replace("{{", "{").replace("}}", "}");
            names.map(|name| route.replace("{name}", name))
        })
        .collect();
    let document = document::document();
    let described: BTreeSet<String> =
        document["paths"].as_object().unwrap().keys().cloned().collect();

    assert_eq!(described, routes);
}

#[tokio::test]
async fn a_route_takes_the_methods_that_it_is_described_with_and_no_other() {
    let bench = Bench::new().await;
    let document = document::document();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let concrete = path.replace("{audience}", "billing-api").replace(['{', '}'], "");
        for method in ["get", "post", "put", "patch", "delete"] {
            let described = operations.get(method).is_some();
            let asked: Method = method.to_uppercase().parse().unwrap();
            let status = bench.browser(asked, &concrete, &[]).await.status;
            assert_eq!(status != 405, described, "{method} {path}: {status}");
        }
    }
}

#[tokio::test]
async fn answers_are_what_the_document_says() {
    let bench = Bench::new().await;
    let document = document::document();
    let answers = [browsers(&bench).await, services(&bench).await, others(&bench).await];
    for (method, path, reply) in answers.into_iter().flatten() {
        if let Err(why) = conforms(&document, method, path, &reply) {
            panic!("{method} {path}: {why}: {reply:?}");
        }
    }
}

type Answers = Vec<(&'static str, &'static str, Reply)>;

async fn browsers(bench: &Bench) -> Answers {
    let cookies = bench.cookie_session().await;
    let own = [cookie(&cookies), SAME_ORIGIN];
    let ask = async |method: Method, path: &str, headers: &[(&str, &str)]| {
        bench.browser(method, path, headers).await
    };
    let (post, get) = (Method::POST, Method::GET);
    vec![
        ("get", "/session", ask(get.clone(), "/session", &own).await),
        ("get", "/session", ask(get.clone(), "/session", &[]).await),
        ("post", "/session/refresh", ask(post.clone(), "/session/refresh", &own).await),
        ("post", "/session/refresh", ask(post.clone(), "/session/refresh", &own[..1]).await),
        ("get", "/session/devices", ask(get.clone(), "/session/devices", &own).await),
        ("get", "/session/devices", ask(get.clone(), "/session/devices?limit=0", &own).await),
        ("delete", "/session/devices", ask(Method::DELETE, "/session/devices", &own).await),
        ("delete", "/session/devices", ask(Method::DELETE, "/session/devices", &own[..1]).await),
        (
            "delete",
            "/session/devices/{session}",
            ask(Method::DELETE, "/session/devices/none", &own).await,
        ),
        ("post", "/session/logout", ask(post, "/session/logout", &own).await),
        ("get", "/session/tokenward.js", ask(get, "/session/tokenward.js", &[]).await),
    ]
}

async fn services(bench: &Bench) -> Answers {
    let ask = async |method: Method, path: &str, body: Value| {
        bench.json(method, path, LOGIN, &body).await
    };
    let by_cookie = session_of("bob", json!({"delivery": "cookie"}));
    let made = ask(Method::POST, "/v1/sessions", session_of("alice", json!({"private": 1}))).await;
    let id = made.json()["session_id"].as_str().unwrap().to_owned();
    let of = |member: &str| format!("/v1/sessions/{id}{member}");
    let alice = |member: &str| format!("/v1/subjects/alice/{member}");
    let (post, get, delete) = (Method::POST, Method::GET, Method::DELETE);
    let none = Value::Null;
    let sessions = "/v1/subjects/{subject}/sessions";
    let version = "/v1/subjects/{subject}/token-version";
    let revoked = json!({"jti": "x"});
    let snapshot = "/revocations/billing-api/snapshot";
    vec![
        ("post", "/v1/sessions", made),
        ("post", "/v1/sessions", ask(post.clone(), "/v1/sessions", by_cookie).await),
        ("post", "/v1/sessions", ask(post.clone(), "/v1/sessions", json!({})).await),
        (
            "get",
            "/v1/sessions/{session}/private",
            ask(get.clone(), &of("/private"), none.clone()).await,
        ),
        ("get", sessions, ask(get.clone(), &alice("sessions"), none.clone()).await),
        ("post", version, ask(post.clone(), &alice("token-version"), none.clone()).await),
        ("post", "/v1/revocations", ask(post.clone(), "/v1/revocations", revoked).await),
        ("delete", "/v1/sessions/{session}", ask(delete.clone(), &of(""), none.clone()).await),
        ("delete", sessions, ask(delete, &alice("sessions"), none.clone()).await),
        ("get", "/revocations/{audience}/snapshot", ask(get, snapshot, none).await),
        ("post", "/events/{receiver}/poll", ask(post, "/events/crm/poll", json!({})).await),
    ]
}

async fn others(bench: &Bench) -> Answers {
    let session = bench.session(json!({})).await;
    let (access, refresh) = (session["access_token"].as_str(), session["refresh_token"].as_str());
    let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh.unwrap())];
    let service = [("grant_type", "client_credentials"), ("scope", "read")];
    let token = [("token", access.unwrap())];
    let form = async |path: &str, fields: &[(&str, &str)]| bench.form(path, LOGIN, fields).await;
    let unproved = bench.form_without_client("/oauth2/token", &grant).await;
    let mut answers = vec![
        ("post", "/oauth2/token", form("/oauth2/token", &grant).await),
        ("post", "/oauth2/token", form("/oauth2/token", &service).await),
        ("post", "/oauth2/token", unproved),
        ("post", "/oauth2/introspect", form("/oauth2/introspect", &token).await),
        ("post", "/oauth2/revoke", form("/oauth2/revoke", &token).await),
    ];
    for path in [
        "/audiences/{audience}/jwks.json",
        "/audiences/{audience}/jwks.jwt",
        "/audiences/{audience}/historical-keys.json",
        "/audiences/{audience}/.well-known/openid-configuration",
    ] {
        for audience in ["billing-api", "none"] {
            answers.push(("get", path, bench.get(&path.replace("{audience}", audience)).await));
        }
    }
    answers
}

/// Whether `reply` is one that the document describes.
fn conforms(document: &Value, method: &str, path: &str, reply: &Reply) -> Result<(), String> {
    let responses = &document["paths"][path][method]["responses"];
    let status = reply.status.as_u16();
    let family = format!("{}XX", status / 100);
    let response = responses.get(status.to_string()).or_else(|| responses.get(&family));
    let response = response.ok_or("its status is not described")?;
    let Some(content) = response.get("content") else { return Ok(()) };
    let kind = reply.headers.get("content-type").map(|kind| kind.to_str().unwrap());
    let kind = kind.ok_or("it has no type")?;
    let described = content.get(kind).ok_or_else(|| format!("it is {kind}"))?;
    match described.get("schema") {
        Some(schema) => fits(document, schema, &reply.json(), "answer"),
        None => Ok(()),
    }
}

/// As much of JSON Schema as the document uses for answers.
fn fits(document: &Value, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return fits(document, &document["components"]["schemas"][name], value, place);
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.clone(),
        Value::Null => return Ok(()),
        kind => vec![kind.clone()],
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !kinds.contains(&kind.into()) {
        return Err(format!("{place} is of type {kind}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        value.get(name).ok_or_else(|| format!("{place} has no {name}"))?;
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => fits(document, schema, member, name)?,
            None if schema["additionalProperties"] == false => {
                return Err(format!("{place} has {name}"));
            }
            None => {}
        }
    }
    let items = value.as_array().into_iter().flatten();
    items
        .filter(|_| schema.get("items").is_some())
        .try_for_each(|item| fits(document, &schema["items"], item, place))
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}
