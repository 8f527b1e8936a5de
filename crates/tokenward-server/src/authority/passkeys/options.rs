//! What a page hands to `navigator.credentials`: the JSON of WebAuthn § 5.1.9 and § 5.1.10, which
//! `PublicKeyCredential.parseCreationOptionsFromJSON()` and its sibling read.

use serde_json::{Value, json};
use tokenward::{UnixTime, b64};
use tokenward_sessions::{CHALLENGE_LIFETIME, Passkey, Purpose, RelyingParty, Session};

use crate::authority::Authority;

impl Authority {
    /// `PublicKeyCredentialCreationOptionsJSON` for a new passkey beside `passkeys`.
    pub(super) fn to_create(
        &self,
        site: &RelyingParty,
        user_name: &str,
        session: &Session,
        passkeys: &[Passkey],
        now: UnixTime,
    ) -> Value {
        let holder = session.passkey_holder();
        let challenge = self.challenges.challenge(Purpose::Create, &session.id, now);
        let kinds: Vec<_> = RelyingParty::algorithms()
            .map(|alg| json!({ "type": "public-key", "alg": alg }))
            .collect();
        json!({
            "rp": { "id": site.id(), "name": site.id() },
            "user": {
                "id": b64::encode(&self.user_handle(&holder)),
                "name": user_name,
                "displayName": user_name,
            },
            "challenge": b64::encode(&challenge),
            "pubKeyCredParams": kinds,
            "timeout": timeout(),
            "excludeCredentials": descriptors(passkeys),
            "authenticatorSelection": { "residentKey": "preferred", "userVerification": "required" },
            "attestation": "none",
        })
    }

    /// `PublicKeyCredentialRequestOptionsJSON` for one of `passkeys`.
    pub(super) fn to_sign(
        &self,
        site: &RelyingParty,
        purpose: Purpose<'_>,
        session: &Session,
        passkeys: &[Passkey],
        now: UnixTime,
    ) -> Value {
        let challenge = self.challenges.challenge(purpose, &session.id, now);
        json!({
            "challenge": b64::encode(&challenge),
            "timeout": timeout(),
            "rpId": site.id(),
            "allowCredentials": descriptors(passkeys),
            "userVerification": "required",
        })
    }
}

fn timeout() -> u64 {
    CHALLENGE_LIFETIME.as_secs().saturating_mul(1_000)
}

fn descriptors(passkeys: &[Passkey]) -> Vec<Value> {
    let one = |passkey: &Passkey| {
        json!({
            "type": "public-key",
            "id": passkey.id.to_string(),
            "transports": passkey.transports,
        })
    };
    passkeys.iter().map(one).collect()
}
