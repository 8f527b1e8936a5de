//! `docs/openapi.json`: what the public listener takes and answers.

use serde_json::{Map, Value, json};
use tokenward_server::settings::Limits;

use super::passkeys;

/// The document.
pub(super) fn document() -> Value {
    let mut paths = Map::new();
    for (method, path, operation) in public().into_iter().chain(services()) {
        let entry = paths.entry(path.to_owned()).or_insert_with(|| json!({}));
        entry[method] = operation;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "tokenward, public listener",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "description": "docs/http.md in a form for programs. Forward-auth (`/auth/*`) is for proxies, which \
                ask it with any method and path: docs/gate.md.",
        },
        "paths": paths,
        "components": { "schemas": all_schemas(), "securitySchemes": {
            "service": { "type": "http", "scheme": "basic", "description": "client_id and client_secret" },
            "bearer": { "type": "http", "scheme": "bearer" },
            "accessCookie": { "type": "apiKey", "in": "cookie", "name": "__Host-access" },
            "refreshCookie": { "type": "apiKey", "in": "cookie", "name": "__Host-refresh" },
        } },
    })
}

fn public() -> Vec<(&'static str, &'static str, Value)> {
    [discovery(), oauth(), browsers(), passkeys::own()].concat()
}

fn discovery() -> Vec<(&'static str, &'static str, Value)> {
    let metadata = || open("Metadata of an audience (RFC 8414)", &["audience"], 200, "Metadata");
    vec![
        (
            "get",
            "/audiences/{audience}/jwks.json",
            open("The public keys of an audience (RFC 7517)", &["audience"], 200, "KeySet"),
        ),
        (
            "get",
            "/audiences/{audience}/jwks.jwt",
            text("The same in a signed statement", &["audience"], "application/jwk-set+jwt"),
        ),
        (
            "get",
            "/audiences/{audience}/root-chain.json",
            open("How the offline root leads to its signer", &["audience"], 200, "Any"),
        ),
        (
            "get",
            "/audiences/{audience}/historical-keys.json",
            open("The keys that have left the key set", &["audience"], 200, "KeySet"),
        ),
        (
            "get",
            "/audiences/{audience}/status",
            open("Where the status lists are", &["audience"], 200, "Any"),
        ),
        (
            "get",
            "/audiences/{audience}/status/{list}",
            text("A status list", &["audience", "list"], "application/statuslist+jwt"),
        ),
        ("get", "/.well-known/oauth-authorization-server/audiences/{audience}", metadata()),
        ("get", "/.well-known/openid-configuration/audiences/{audience}", metadata()),
        ("get", "/audiences/{audience}/.well-known/oauth-authorization-server", metadata()),
        ("get", "/audiences/{audience}/.well-known/openid-configuration", metadata()),
    ]
}

fn oauth() -> Vec<(&'static str, &'static str, Value)> {
    let form = |summary: &str, fields: Value, answer: Value| {
        let mut operation = json!({
            "summary": summary, "responses": responses(200, answer),
            "security": [{ "service": [] }, {}],
            "requestBody": { "required": true, "content": {
                "application/x-www-form-urlencoded": { "schema": fields } } },
        });
        operation["responses"]["429"] = error();
        operation
    };
    let token = json!({ "type": "object", "required": ["token"], "properties": {
        "token": { "type": "string" }, "token_type_hint": { "type": "string" },
        "client_id": { "type": "string" }, "client_secret": { "type": "string" },
        "client_assertion_type": { "type": "string" }, "client_assertion": { "type": "string" } } });
    let grant = json!({ "type": "object", "required": ["grant_type"], "properties": {
        "grant_type": { "type": "string", "enum": ["refresh_token", "client_credentials",
            "urn:ietf:params:oauth:grant-type:token-exchange"] },
        "subject_token": { "type": "string" }, "subject_token_type": { "type": "string" },
        "nonce": { "type": "string" },
        "refresh_token": { "type": "string" }, "scope": { "type": "string" },
        "passkey_assertion": { "type": "string", "description": "JSON: what a passkey has signed" },
        "audience": { "type": "string" }, "resource": { "type": "string" },
        "client_id": { "type": "string" }, "client_secret": { "type": "string" },
        "client_assertion_type": { "type": "string" }, "client_assertion": { "type": "string" } } });
    let mut tokens = form("Tokens for a grant (RFC 6749)", grant, json_of("Tokens"));
    tokens["parameters"] = json!([{ "name": "DPoP", "in": "header", "schema": { "type": "string" },
        "description": "a proof of the key that the tokens are bound to (RFC 9449)" }]);
    vec![
        ("post", "/oauth2/token", tokens),
        (
            "post",
            "/oauth2/revoke",
            form("Revokes a token, whatever it is (RFC 7009)", token.clone(), json!({})),
        ),
        (
            "post",
            "/oauth2/introspect",
            form("Whether a token is good (RFC 7662)", token, json_of("Introspection")),
        ),
    ]
}

fn browsers() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "get",
            "/session",
            session("Whose session it is", "accessCookie", 200, json_of("Session")),
        ),
        ("post", "/session/refresh", refresh()),
        ("post", "/session/logout", session("Ends the session", "refreshCookie", 204, json!({}))),
        ("get", "/session/devices", {
            let mut list = session(
                "Where the user of this browser is logged in",
                "accessCookie",
                200,
                json_of("Devices"),
            );
            list["parameters"] = paging();
            list["security"] = json!([{ "accessCookie": [] }]);
            list
        }),
        ("delete", "/session/devices", by_cookie("Logs the user out everywhere else")),
        ("delete", "/session/devices/{session}", {
            let mut one = by_cookie("Logs the user out on one device");
            one["parameters"] =
                json!([{ "name": "session", "in": "path", "required": true, "schema": id(128) }]);
            one
        }),
        ("get", "/session/tokenward.js", {
            let mut script = text(
                "The script that keeps a session alive",
                &[],
                "text/javascript; charset=utf-8",
            );
            script["responses"]["304"] = json!({ "description": "the script is known" });
            script
        }),
    ]
}

fn by_cookie(summary: &str) -> Value {
    let mut operation = session(summary, "accessCookie", 204, json!({}));
    operation["security"] = json!([{ "accessCookie": [] }]);
    operation
}

fn paging() -> Value {
    let parameter =
        |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 1000 });
    json!([parameter("after", id(128)), parameter("limit", limit)])
}

fn services() -> Vec<(&'static str, &'static str, Value)> {
    let by_subject = ("subject", subject());
    let by_session = ("session", id(128));
    let in_path = |(name, schema): &(&str, Value)| json!([{ "name": name, "in": "path", "required": true, "schema": schema }]);
    let mut all = [about_sessions(), about_revocations(), passkeys::of_subjects()].concat();
    for (_, path, operation) in &mut all {
        for name in ["audience", "receiver"] {
            if path.contains(&format!("{{{name}}}")) {
                operation["parameters"] = in_path(&(name, json!({ "type": "string" })));
            }
        }
        for parameter in [&by_subject, &by_session] {
            if path.contains(&format!("{{{}}}", parameter.0)) {
                let mut parameters = in_path(parameter);
                if let (Some(all), Some(query)) =
                    (parameters.as_array_mut(), operation["parameters"].as_array())
                {
                    all.extend(query.iter().cloned());
                }
                operation["parameters"] = parameters;
            }
        }
        if let (true, Some(parameters)) =
            (path.contains("{id}"), operation.get_mut("parameters").and_then(Value::as_array_mut))
        {
            let id = json!({ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } });
            parameters.push(id);
        }
    }
    all
}

fn about_sessions() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "post",
            "/v1/sessions",
            call(
                "A session for somebody who has just logged in",
                201,
                json_of("NewSession"),
                Some(created()),
            ),
        ),
        ("delete", "/v1/sessions/{session}", call("Logs one device out", 204, json!({}), None)),
        (
            "get",
            "/v1/sessions/{session}/private",
            call("The confidential data beside a session", 200, json_of("Private"), None),
        ),
        ("get", "/v1/subjects/{subject}/sessions", {
            let mut list = call("The devices of a user", 200, json_of("Sessions"), None);
            list["parameters"] = paging();
            list
        }),
        ("delete", "/v1/subjects/{subject}/sessions", {
            let mut all = call("Logs all devices out", 204, json!({}), None);
            all["parameters"] = json!([{ "name": "except", "in": "query", "schema": id(128) }]);
            all
        }),
        (
            "post",
            "/v1/subjects/{subject}/token-version",
            call(
                "Ends every older token and session",
                200,
                json_of("TokenVersion"),
                Some(json!({ "type": "object", "additionalProperties": false, "properties": {
                "except_session": or_null(&id(128)) } })),
            ),
        ),
    ]
}

fn about_revocations() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "post",
            "/v1/revocations",
            call(
                "Refuses a token, a session or a subject",
                204,
                json!({}),
                Some(
                    json!({ "type": "object", "oneOf": one_of(&[("jti", id(256)), ("sid", id(128)), ("sub", subject())]) }),
                ),
            ),
        ),
        (
            "get",
            "/revocations/{audience}/snapshot",
            call(
                "The live revocations",
                200,
                json!({ "application/vnd.tokenward.revocations": {} }),
                None,
            ),
        ),
        (
            "get",
            "/revocations/{audience}/feed",
            call("Each revocation as it happens", 200, json!({ "text/event-stream": {} }), None),
        ),
        (
            "post",
            "/events/{receiver}/poll",
            call(
                "Session events that wait (RFC 8936)",
                200,
                json_of("Events"),
                Some(json!({ "type": "object" })),
            ),
        ),
    ]
}

fn created() -> Value {
    json!({ "type": "object", "required": ["subject", "audience"], "additionalProperties": false, "properties": {
        "subject": subject(), "audience": name(),
        "scope": text_or_null(), "claims": { "type": ["object", "null"] },
        "private": { "description": format!("at most {} bytes", Limits::DEFAULT.private_bytes) },
        "device": { "type": ["string", "null"], "maxLength": 200 },
        "delivery": { "enum": ["token", "cookie", null] },
        "refresh": { "enum": ["plain", "passkey", null] }, "client_id": or_null(&id(256)),
        "auth_time": { "type": ["integer", "null"], "minimum": 0 },
        "dpop_jkt": { "type": ["string", "null"], "pattern": "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$" } } })
}

fn subject() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 256,
        "description": "no control characters; the length is counted in bytes" })
}

/// Visible text without spaces, quotes or backslashes.
pub(super) fn id(longest: u32) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": longest,
        "pattern": "^[!#-\\[\\]-~]+$" })
}

fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[A-Za-z0-9_-][A-Za-z0-9._-]*$" })
}

/// `null` counts as absent.
fn or_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    schema["type"] = json!(["string", "null"]);
    schema
}

/// Exactly one of some members, beside a reason.
fn one_of(members: &[(&str, Value)]) -> Vec<Value> {
    let with = |chosen: &str| {
        let mut properties = json!({ "reason": text_or_null() });
        for (name, schema) in members {
            properties[name] =
                if *name == chosen { schema.clone() } else { json!({ "type": "null" }) };
        }
        json!({ "required": [chosen], "properties": properties, "additionalProperties": false })
    };
    members.iter().map(|(name, _)| with(name)).collect()
}

fn text_or_null() -> Value {
    or_null(&json!({}))
}

fn all_schemas() -> Value {
    let mut all = schemas();
    for (name, schema) in passkeys::schemas().as_object().unwrap() {
        all[name] = schema.clone();
    }
    all
}

fn schemas() -> Value {
    let (text, number) = (json!({ "type": "string" }), json!({ "type": "integer", "minimum": 0 }));
    let object = |required: &[&str], properties: Value| {
        json!({ "type": "object", "required": required, "properties": properties,
            "additionalProperties": false })
    };
    let summary = json!({ "session_id": text, "expires_in": number, "refresh_expires_in": number,
        "scope": text });
    let mut new_session = summary.clone();
    for name in ["access_token", "token_type", "refresh_token"] {
        new_session[name] = text.clone();
    }
    new_session["set_cookie"] = json!({ "type": "array", "items": text });
    let flag = json!({ "type": "boolean" });
    let mut member = json!({ "session_id": text, "device": { "type": ["string", "null"] },
        "created_at": number, "last_used_at": number, "ends_at": number, "bound": flag });
    let mut device = member.clone();
    device["current"] = flag;
    for name in ["audience", "client_id", "scope", "delivery", "refresh", "dpop_jkt"] {
        member[name] = text.clone();
    }
    member["auth_time"] = number.clone();
    let page = |required: &[&str], one: Value| {
        object(
            &["sessions"],
            json!({ "sessions": { "type": "array", "items": object(required, one) },
            "next_after": text }),
        )
    };
    let tokens = json!({ "access_token": text, "token_type": text, "expires_in": number, "scope": text,
        "refresh_token": text, "refresh_expires_in": number, "session_id": text,
        "issued_token_type": text });
    json!({
        "Any": {},
        "Devices": page(&["session_id", "created_at", "current"], device),
        "Error": object(&["error"], json!({ "error": text, "error_description": text })),
        "Events": object(&["sets", "moreAvailable"],
            json!({ "sets": { "type": "object" }, "moreAvailable": { "type": "boolean" } })),
        "Introspection": { "type": "object", "required": ["active"],
            "properties": { "active": { "type": "boolean" } } },
        "KeySet": object(&["keys"], json!({ "iss": text, "keys": { "type": "array" } })),
        "Metadata": { "type": "object", "required": ["issuer", "jwks_uri", "token_endpoint"],
            "properties": { "issuer": text, "jwks_uri": text, "token_endpoint": text } },
        "NewSession": object(&["session_id", "expires_in", "refresh_expires_in"], new_session),
        "Private": object(&["private"], json!({ "private": {} })),
        "Session": object(&["subject", "session_id", "audience", "client_id", "scope", "claims", "expires_in"],
            json!({ "subject": text, "session_id": { "type": ["string", "null"] }, "audience": text,
                "client_id": { "type": ["string", "null"] }, "scope": text,
                "claims": { "type": "object" }, "expires_in": number })),
        "Sessions": page(&["session_id", "audience", "created_at"], member),
        "Summary": object(&["session_id", "expires_in", "refresh_expires_in"], summary),
        "TokenVersion": object(&["token_version"], json!({ "token_version": number })),
        "Tokens": object(&["access_token", "token_type", "expires_in"], tokens),
    })
}

/// An operation that anybody may ask for, and whose answer everybody may keep.
fn open(summary: &str, parameters: &[&str], status: u16, schema: &str) -> Value {
    let parameters: Vec<_> = parameters.iter().map(|name| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    }).collect();
    let mut responses = responses(status, json_of(schema));
    responses["304"] = json!({ "description": "it is known" });
    json!({ "summary": summary, "parameters": parameters, "responses": responses })
}

fn text(summary: &str, parameters: &[&str], kind: &str) -> Value {
    let mut operation = open(summary, parameters, 200, "Any");
    operation["responses"]["200"]["content"] = json!({ kind: {} });
    operation
}

fn refresh() -> Value {
    let mut operation =
        session("The next pair of cookies", "refreshCookie", 200, json_of("Summary"));
    operation["requestBody"] = json!({ "required": false, "content": { "application/json": { "schema": {
        "type": "object", "additionalProperties": false, "properties": { "assertion": {
            "type": ["object", "null"], "description": "what a passkey has signed" } } } } } });
    operation
}

/// An operation of a browser. A 401 has a body or none, as RFC 6750 § 3.1 says.
pub(super) fn session(summary: &str, cookie: &str, status: u16, content: Value) -> Value {
    let mut responses = responses(status, content);
    responses["401"] = json!({ "description": "no token, or one that is not good" });
    let security = if cookie == "accessCookie" {
        json!([{ "accessCookie": [] }, { "bearer": [] }])
    } else {
        json!([{ cookie: [] }, {}])
    };
    json!({ "summary": summary, "responses": responses, "security": security })
}

/// An operation of a service.
pub(super) fn call(summary: &str, status: u16, content: Value, body: Option<Value>) -> Value {
    let mut operation = json!({ "summary": summary, "security": [{ "service": [] }],
        "responses": responses(status, content) });
    if let Some(schema) = body {
        let required = schema.get("required").is_some() || schema.get("oneOf").is_some();
        operation["requestBody"] = json!({ "required": required,
            "content": { "application/json": { "schema": schema } } });
    }
    operation
}

pub(super) fn responses(status: u16, content: Value) -> Value {
    let mut good = json!({ "description": "done" });
    if content.as_object().is_some_and(|content| !content.is_empty()) {
        good["content"] = content;
    }
    json!({ status.to_string(): good, "4XX": error(), "5XX": error() })
}

pub(super) fn error() -> Value {
    json!({ "description": "refused", "content": json_of("Error") })
}

pub(super) fn json_of(schema: &str) -> Value {
    json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}
