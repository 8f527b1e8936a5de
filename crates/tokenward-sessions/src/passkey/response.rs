//! What a page or an app sends back: the JSON of WebAuthn § 5.1.8, `PublicKeyCredential.toJSON()`.

use serde_json::{Map, Value};
use tokenward::b64;

use super::PasskeyRefused;
use super::record::{CredentialId, TRANSPORTS};

/// An enrolment (`RegistrationResponseJSON`). Nothing about it has been checked.
#[derive(Clone, Debug)]
pub struct Registration {
    pub(super) id: CredentialId,
    pub(super) client_data: Vec<u8>,
    pub(super) attestation_object: Vec<u8>,
    pub(super) transports: Vec<String>,
}

/// A passkey's answer to a challenge (`AuthenticationResponseJSON`). Nothing about it has been checked.
#[derive(Clone, Debug)]
pub struct Assertion {
    pub(super) id: CredentialId,
    pub(super) client_data: Vec<u8>,
    pub(super) authenticator_data: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) user_handle: Option<Vec<u8>>,
}

impl Registration {
    /// Takes the object apart. Members that we have no use for are passed over.
    pub fn parse(object: &Map<String, Value>) -> Result<Self, PasskeyRefused> {
        let (id, response) = credential(object)?;
        Ok(Self {
            id,
            client_data: bytes(response, "clientDataJSON")?,
            attestation_object: bytes(response, "attestationObject")?,
            transports: transports(response.get("transports")),
        })
    }
}

impl Assertion {
    /// Takes the object apart. Members that we have no use for are passed over.
    pub fn parse(object: &Map<String, Value>) -> Result<Self, PasskeyRefused> {
        let (id, response) = credential(object)?;
        let user_handle = match response.get("userHandle") {
            None | Some(Value::Null) => None,
            Some(_) => Some(bytes(response, "userHandle")?),
        };
        Ok(Self {
            id,
            client_data: bytes(response, "clientDataJSON")?,
            authenticator_data: bytes(response, "authenticatorData")?,
            signature: bytes(response, "signature")?,
            user_handle,
        })
    }

    /// Which passkey it says that it is by.
    #[must_use]
    pub const fn credential(&self) -> &CredentialId {
        &self.id
    }
}

fn credential(
    object: &Map<String, Value>,
) -> Result<(CredentialId, &Map<String, Value>), PasskeyRefused> {
    let text = |name| object.get(name).and_then(Value::as_str);
    let id = text("id").ok_or(PasskeyRefused::Malformed("its id"))?;
    // Two names for one thing; a client that says two things is refused.
    if text("rawId").is_some_and(|raw| raw != id) {
        return Err(PasskeyRefused::Malformed("its rawId"));
    }
    if text("type") != Some("public-key") {
        return Err(PasskeyRefused::Malformed("its type"));
    }
    let id = id.parse().map_err(|_| PasskeyRefused::Malformed("its id"))?;
    match object.get("response") {
        Some(Value::Object(response)) => Ok((id, response)),
        _ => Err(PasskeyRefused::Malformed("its response")),
    }
}

fn bytes(response: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, PasskeyRefused> {
    let text = response.get(name).and_then(Value::as_str);
    text.filter(|text| text.len() <= MOST)
        .and_then(|text| b64::decode(text).ok())
        .ok_or(PasskeyRefused::Malformed(name))
}

/// The longest member that is read, in characters.
const MOST: usize = 8192;

fn transports(said: Option<&Value>) -> Vec<String> {
    let said = said.and_then(Value::as_array);
    let has = |name: &str| said.is_some_and(|said| said.iter().any(|one| one == name));
    TRANSPORTS.into_iter().filter(|name| has(name)).map(str::to_owned).collect()
}
