//! What the browser, or the app's system, says (WebAuthn § 5.8.1).

use serde_json::{Map, Value};
use tokenward::b64;

use super::PasskeyRefused;

/// The two ceremonies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ceremony {
    Create,
    Get,
}

impl Ceremony {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

const MALFORMED: PasskeyRefused = PasskeyRefused::Malformed("its client data");

/// The challenge that was signed, out of the client data of a `ceremony` on one of `origins`.
pub(super) fn challenge(
    text: &[u8],
    ceremony: Ceremony,
    origins: &[String],
) -> Result<Vec<u8>, PasskeyRefused> {
    // Read by the strict reader: a name that stands twice would mean one thing here and another elsewhere.
    // Members that are not known are none of our business (§ 5.8.1).
    let said: Map<String, Value> = tokenward::json::from_slice(text).map_err(|_| MALFORMED)?;
    let of = |name| said.get(name).and_then(Value::as_str).ok_or(MALFORMED);
    if of("type")? != ceremony.as_str() {
        return Err(PasskeyRefused::WrongType);
    }
    let challenge = b64::decode(of("challenge")?).map_err(|_| MALFORMED)?;
    let origin = of("origin")?;
    if !origins.iter().any(|known| known == origin) {
        return Err(PasskeyRefused::WrongOrigin);
    }
    let framed = match said.get("crossOrigin") {
        None | Some(Value::Bool(false)) => said.contains_key("topOrigin"),
        Some(Value::Bool(true)) => true,
        Some(_) => return Err(MALFORMED),
    };
    if framed { Err(PasskeyRefused::CrossOrigin) } else { Ok(challenge) }
}
