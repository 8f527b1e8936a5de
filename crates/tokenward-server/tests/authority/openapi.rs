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
    let cookies = bench.cookie_session().await;
    let headers = [cookie(&cookies), SAME_ORIGIN];
    let made = bench.post("/v1/sessions", LOGIN, &session_of("alice", json!({"private": 1}))).await;
    let session = made.json();
    let (access, refresh) = (session["access_token"].as_str(), session["refresh_token"].as_str());
    let private = format!("/v1/sessions/{}/private", session["session_id"].as_str().unwrap());
    let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh.unwrap())];
    let service = [("grant_type", "client_credentials"), ("scope", "read")];
    let token = [("token", access.unwrap())];
    let get = async |path: &str| bench.get(path).await;
    let asked = [
        ("post", "/v1/sessions", made),
        (
            "post",
            "/v1/sessions",
            bench
                .post("/v1/sessions", LOGIN, &session_of("bob", json!({"delivery": "cookie"})))
                .await,
        ),
        ("post", "/v1/sessions", bench.post("/v1/sessions", LOGIN, &json!({})).await),
        (
            "get",
            "/v1/sessions/{session}/private",
            bench.json(Method::GET, &private, LOGIN, &Value::Null).await,
        ),
        (
            "get",
            "/v1/subjects/{subject}/sessions",
            bench.json(Method::GET, "/v1/subjects/alice/sessions", LOGIN, &Value::Null).await,
        ),
        ("get", "/session", bench.browser(Method::GET, "/session", &headers).await),
        ("get", "/session", get("/session").await),
        (
            "post",
            "/session/refresh",
            bench.browser(Method::POST, "/session/refresh", &headers).await,
        ),
        (
            "post",
            "/session/refresh",
            bench.browser(Method::POST, "/session/refresh", &[cookie(&cookies)]).await,
        ),
        ("post", "/session/logout", bench.browser(Method::POST, "/session/logout", &headers).await),
        ("post", "/oauth2/token", bench.form("/oauth2/token", LOGIN, &grant).await),
        ("post", "/oauth2/token", bench.form("/oauth2/token", LOGIN, &service).await),
        ("post", "/oauth2/token", bench.form_without_client("/oauth2/token", &grant).await),
        ("post", "/oauth2/introspect", bench.form("/oauth2/introspect", LOGIN, &token).await),
        ("post", "/oauth2/revoke", bench.form("/oauth2/revoke", LOGIN, &token).await),
        (
            "post",
            "/v1/subjects/{subject}/token-version",
            bench.post("/v1/subjects/alice/token-version", LOGIN, &Value::Null).await,
        ),
        (
            "post",
            "/v1/revocations",
            bench.post("/v1/revocations", LOGIN, &json!({"jti": "x"})).await,
        ),
        (
            "delete",
            "/v1/sessions/{session}",
            bench.json(Method::DELETE, "/v1/sessions/s1", LOGIN, &Value::Null).await,
        ),
        (
            "delete",
            "/v1/subjects/{subject}/sessions",
            bench.json(Method::DELETE, "/v1/subjects/alice/sessions", LOGIN, &Value::Null).await,
        ),
        (
            "get",
            "/revocations/{audience}/snapshot",
            bench.json(Method::GET, "/revocations/billing-api/snapshot", LOGIN, &Value::Null).await,
        ),
        (
            "post",
            "/events/{receiver}/poll",
            bench.json(Method::POST, "/events/crm/poll", LOGIN, &json!({})).await,
        ),
        ("get", "/audiences/{audience}/jwks.json", get("/audiences/billing-api/jwks.json").await),
        ("get", "/audiences/{audience}/jwks.json", get("/audiences/none/jwks.json").await),
        ("get", "/audiences/{audience}/jwks.jwt", get("/audiences/billing-api/jwks.jwt").await),
        (
            "get",
            "/audiences/{audience}/historical-keys.json",
            get("/audiences/billing-api/historical-keys.json").await,
        ),
        (
            "get",
            "/audiences/{audience}/.well-known/openid-configuration",
            get("/audiences/billing-api/.well-known/openid-configuration").await,
        ),
        ("get", "/session/tokenward.js", get("/session/tokenward.js").await),
    ];
    let document = document::document();
    for (method, path, reply) in asked {
        if let Err(why) = conforms(&document, method, path, &reply) {
            panic!("{method} {path}: {why}: {reply:?}");
        }
    }
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
