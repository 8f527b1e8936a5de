//! The part of the document about passkeys.

use serde_json::{Value, json};

use super::document::{call, error, id, json_of, responses, session};

/// A user's own.
pub(super) fn own() -> Vec<(&'static str, &'static str, Value)> {
    let asks = |summary: &str, status: u16, content: Value, body: Option<Value>| {
        let mut operation = session(summary, "accessCookie", status, content);
        if let Some(schema) = body {
            operation["requestBody"] = json!({ "required": schema.get("required").is_some(),
                "content": { "application/json": { "schema": schema } } });
        }
        operation
    };
    let with_id = |mut operation: Value| {
        operation["parameters"] = json!([{ "name": "id", "in": "path", "required": true,
            "schema": { "type": "string" } }]);
        operation
    };
    let one = "/session/passkeys/{id}";
    vec![
        ("post", "/session/refresh/challenge", challenge()),
        ("get", "/session/passkeys", asks("The user's passkeys", 200, json_of("Passkeys"), None)),
        (
            "post",
            "/session/passkeys",
            asks("Enrolls a passkey", 201, json_of("Passkey"), Some(enrolment())),
        ),
        (
            "post",
            "/session/passkeys/options",
            asks(
                "What a page hands to navigator.credentials (WebAuthn § 5.1.9)",
                200,
                json_of("PasskeyOptions"),
                Some(object(&[], json!({ "user_name": passkey_name() }))),
            ),
        ),
        (
            "patch",
            one,
            with_id(asks(
                "Gives a passkey another name",
                204,
                json!({}),
                Some(object(&["name"], json!({ "name": { "type": "string", "minLength": 1 } }))),
            )),
        ),
        (
            "delete",
            one,
            with_id(asks(
                "Removes a passkey, by the assertion of one that is enrolled",
                204,
                json!({}),
                Some(object(&["assertion"], json!({ "assertion": { "type": "object" } }))),
            )),
        ),
        (
            "post",
            "/session/passkeys/{id}/challenge",
            with_id(asks(
                "What a passkey is to sign so that this one goes",
                200,
                json_of("PasskeyChallenge"),
                None,
            )),
        ),
    ]
}

/// Those of a subject, for services.
pub(super) fn of_subjects() -> Vec<(&'static str, &'static str, Value)> {
    let all = "/v1/subjects/{subject}/passkeys";
    vec![
        ("get", all, call("The passkeys of a user", 200, json_of("Passkeys"), None)),
        ("delete", all, call("Removes all passkeys of a user", 204, json!({}), None)),
        (
            "delete",
            "/v1/subjects/{subject}/passkeys/{id}",
            call("Removes a passkey of a user", 204, json!({}), None),
        ),
    ]
}

pub(super) fn schemas() -> Value {
    let (text, number) = (json!({ "type": "string" }), json!({ "type": "integer", "minimum": 0 }));
    let passkey = object(
        &["id", "name", "synced", "created_at", "last_used_at"],
        json!({ "id": text, "name": text, "synced": { "type": "boolean" }, "audience": text,
            "created_at": number, "last_used_at": number }),
    );
    let any = json!({ "type": "object" });
    json!({
        "Passkey": passkey,
        "Passkeys": object(&["passkeys"], json!({ "passkeys": { "type": "array", "items": passkey } })),
        "PasskeyChallenge": object(&["publicKey"], json!({ "publicKey": any })),
        "PasskeyOptions": object(&["publicKey"], json!({ "publicKey": any, "allow": any })),
    })
}

/// By cookie, or by a form as at the token endpoint.
fn challenge() -> Value {
    let fields = json!({ "type": "object", "required": ["refresh_token"], "properties": {
        "refresh_token": { "type": "string" },
        "client_id": { "type": "string" }, "client_secret": { "type": "string" },
        "client_assertion_type": { "type": "string" }, "client_assertion": { "type": "string" } } });
    let mut responses = responses(200, json_of("PasskeyChallenge"));
    responses["401"] = json!({ "description": "no token, or one that is not good" });
    responses["429"] = error();
    json!({
        "summary": "What a passkey is to sign for the next refresh (WebAuthn § 5.1.10)",
        "security": [{ "refreshCookie": [] }, { "service": [] }, {}],
        "parameters": [{ "name": "DPoP", "in": "header", "schema": { "type": "string" },
            "description": "with a form: a proof of the key that the session is bound to (RFC 9449)" }],
        "responses": responses,
        "requestBody": { "required": false, "content": {
            "application/x-www-form-urlencoded": { "schema": fields } } },
    })
}

fn enrolment() -> Value {
    let response = json!({ "type": "object", "required": ["id", "type", "response"], "properties": {
        "id": id(1364), "type": { "const": "public-key" }, "response": { "type": "object" } } });
    object(
        &["credential"],
        json!({ "name": passkey_name(), "credential": response,
            "allow": { "type": ["object", "null"] },
            "refresh_token": { "type": ["string", "null"] } }),
    )
}

fn passkey_name() -> Value {
    json!({ "type": ["string", "null"], "minLength": 1, "maxLength": 100 })
}

fn object(required: &[&str], properties: Value) -> Value {
    let mut object = json!({ "type": "object", "additionalProperties": false });
    object["properties"] = properties;
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}
