//! Who asks, and from where: the checks of both ceremonies that need no store (WebAuthn § 7.1, § 7.2).

use tokenward::{SessionId, UnixTime, VerifyingKey, b64, crypto};

use super::attestation::AttestationObject;
use super::authenticator_data::AuthenticatorData;
use super::challenge::{ChallengeKey, Purpose, UsedChallenge};
use super::client_data::{self, Ceremony};
use super::record::{Passkey, PasskeyHolder, PasskeyName};
use super::response::{Assertion, Registration};
use super::{Asserted, PasskeyRefused, cose};

/// The site that passkeys are for, and the pages and apps that may use them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RelyingParty {
    id: String,
    origins: Vec<String>,
}

/// What a relying party cannot be; `setting` is its name below `passkeys`.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{problem}")]
#[non_exhaustive]
pub struct InvalidRelyingParty {
    /// The setting at fault.
    pub setting: &'static str,
    /// What is wrong, and the mend.
    pub problem: String,
}

/// What a response must answer to.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever checks a response decides on every field")]
pub struct Expected<'a> {
    /// Who made its challenge.
    pub key: &'a ChallengeKey,
    /// What for.
    pub purpose: Purpose<'a>,
    /// For which session.
    pub session: &'a SessionId,
    /// The time.
    pub now: UnixTime,
}

impl RelyingParty {
    /// The site `id`, a domain, for pages on `origins`: `https://` and a host that is `id` or below it, perhaps
    /// with a port; or an Android app, `android:apk-key-hash:` and the hash of its certificate.
    ///
    /// ```
    /// use tokenward_sessions::RelyingParty;
    ///
    /// assert!(RelyingParty::new("example.com", ["https://app.example.com"]).is_ok());
    /// assert!(RelyingParty::new("example.com", ["https://example.org"]).is_err());
    /// ```
    pub fn new<'o>(
        id: &str,
        origins: impl IntoIterator<Item = &'o str>,
    ) -> Result<Self, InvalidRelyingParty> {
        let invalid = |setting, problem| InvalidRelyingParty { setting, problem };
        if !is_domain(id) {
            let problem = "must be a domain in small letters without scheme and port, for example \
                           \"example.com\"";
            return Err(invalid("rp_id", problem.to_owned()));
        }
        let origins: Vec<String> = origins.into_iter().map(str::to_owned).collect();
        for origin in &origins {
            check_origin(id, origin).map_err(|problem| {
                invalid("origins", format!("\"{}\" {problem}", origin.escape_debug()))
            })?;
        }
        if origins.is_empty() {
            let problem = format!("must name who may use passkeys, for example \"https://{id}\"");
            return Err(invalid("origins", problem));
        }
        Ok(Self { id: id.to_owned(), origins })
    }

    /// The RP id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The origins that it takes responses from.
    #[must_use]
    pub fn origins(&self) -> &[String] {
        &self.origins
    }

    /// The algorithms that it asks for, by their COSE numbers, in order of preference.
    pub fn algorithms() -> impl Iterator<Item = i64> {
        cose::ALGORITHMS.into_iter().map(|(number, _)| number)
    }

    /// The passkey of an enrolment, as it is to be stored, and the challenge that it used (WebAuthn § 7.1).
    pub fn enrol(
        &self,
        registration: &Registration,
        expected: &Expected<'_>,
        holder: PasskeyHolder,
        name: PasskeyName,
    ) -> Result<(Passkey, UsedChallenge), PasskeyRefused> {
        let Registration { id, client_data, attestation_object, transports } = registration;
        let challenge = self.challenge(client_data, Ceremony::Create, expected)?;
        let attestation = AttestationObject::read(attestation_object)?;
        let data = attestation.data()?;
        self.check(&data)?;
        let attested = data.attested.ok_or(PasskeyRefused::Malformed("its authenticator data"))?;
        if attested.id != *id {
            return Err(PasskeyRefused::Malformed("its id"));
        }
        attestation.verify(&attested, &crypto::sha256(client_data))?;
        let key = &attested.key;
        let passkey = Passkey {
            id: attested.id,
            holder,
            name,
            algorithm: key.algorithm(),
            public_key: key.to_spki_der().ok_or(PasskeyRefused::Unsupported)?,
            sign_count: data.sign_count,
            backup_eligible: data.backup_eligible,
            transports: transports.clone(),
            created_at: expected.now,
            last_used_at: expected.now,
        };
        Ok((passkey, challenge))
    }

    /// Checks that `assertion` is by `passkey`, with its user verified (WebAuthn § 7.2). Its counter, and that
    /// its challenge was not used before, the store judges.
    pub fn verify(
        &self,
        assertion: &Assertion,
        expected: &Expected<'_>,
        passkey: &Passkey,
        user_handle: &[u8],
    ) -> Result<Asserted, PasskeyRefused> {
        if passkey.id != assertion.id {
            return Err(PasskeyRefused::Unknown);
        }
        if assertion.user_handle.as_ref().is_some_and(|said| said != user_handle) {
            return Err(PasskeyRefused::Unknown);
        }
        let challenge = self.challenge(&assertion.client_data, Ceremony::Get, expected)?;
        let data = AuthenticatorData::read(&assertion.authenticator_data)?;
        self.check(&data)?;
        let key = VerifyingKey::from_spki_der(passkey.algorithm, &passkey.public_key)
            .map_err(|_| PasskeyRefused::Unsupported)?;
        let hash = crypto::sha256(&assertion.client_data);
        let signed = [&assertion.authenticator_data[..], &hash].concat();
        if !cose::verifies(&key, &signed, &assertion.signature) {
            return Err(PasskeyRefused::BadSignature);
        }
        // § 7.2, step 20: a key that was bound to one device does not become one that is not.
        if data.backup_eligible != passkey.backup_eligible || data.attested.is_some() {
            return Err(PasskeyRefused::Contradiction);
        }
        let credential = passkey.id.clone();
        Ok(Asserted { credential, sign_count: data.sign_count, challenge, at: expected.now })
    }

    fn challenge(
        &self,
        client_data: &[u8],
        ceremony: Ceremony,
        expected: &Expected<'_>,
    ) -> Result<UsedChallenge, PasskeyRefused> {
        let Expected { key, purpose, session, now } = *expected;
        let challenge = client_data::challenge(client_data, ceremony, &self.origins)?;
        key.check(&challenge, purpose, session, now)
    }

    fn check(&self, data: &AuthenticatorData<'_>) -> Result<(), PasskeyRefused> {
        if *data.rp_id_hash != crypto::sha256(self.id.as_bytes()) {
            return Err(PasskeyRefused::WrongRelyingParty);
        }
        match (data.user_present, data.user_verified) {
            (false, _) => Err(PasskeyRefused::NoUserPresent),
            (true, false) => Err(PasskeyRefused::NotVerified),
            (true, true) => Ok(()),
        }
    }
}

/// `localhost`, or two labels or more of which the last is no number.
fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let named = |last: &str| last.bytes().any(|byte| !byte.is_ascii_digit());
    let several = text.rsplit_once('.').is_some_and(|(_, last)| named(last));
    text.len() <= 253 && text.split('.').all(label) && (several || text == "localhost")
}

fn check_origin(id: &str, origin: &str) -> Result<(), String> {
    const APP: &str = "android:apk-key-hash:";
    if let Some(hash) = origin.strip_prefix(APP) {
        return match b64::decode(hash) {
            Ok(hash) if hash.len() == 32 => Ok(()),
            _ => Err(
                "must end with the SHA-256 of the app's certificate, 43 characters of base64url"
                    .to_owned(),
            ),
        };
    }
    let Some(rest) = origin.strip_prefix("https://") else {
        return Err(format!("must begin with \"https://\" or \"{APP}\""));
    };
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let is_port =
        |text: &str| text.parse::<u16>().is_ok_and(|port| port != 443 && port.to_string() == text);
    if !is_domain(host) || !port.is_none_or(is_port) {
        return Err(
            "must be as a browser writes it: small letters, no path, no slash at its end, \
                    no port 443"
                .to_owned(),
        );
    }
    let below = host.strip_suffix(id).is_some_and(|above| above.is_empty() || above.ends_with('.'));
    if below { Ok(()) } else { Err(format!("must be on {id}, or below it")) }
}
