//! What the authenticator says, and signs (WebAuthn § 6.1).

use tokenward::VerifyingKey;

use super::cbor::Reader;
use super::record::CredentialId;
use super::{PasskeyRefused, cose};

/// The longest that is read, in bytes: a credential id, the longest key and some extensions.
const MOST: usize = 4096;

/// Authenticator data, taken apart. Of its extensions it is checked that they are well-formed, no more.
#[derive(Debug)]
pub(super) struct AuthenticatorData<'a> {
    pub(super) rp_id_hash: &'a [u8; 32],
    pub(super) user_present: bool,
    pub(super) user_verified: bool,
    pub(super) backup_eligible: bool,
    pub(super) sign_count: u32,
    /// The new credential, of an enrolment.
    pub(super) attested: Option<Attested>,
}

/// A credential that was just made.
#[derive(Debug)]
pub(super) struct Attested {
    pub(super) id: CredentialId,
    pub(super) key: VerifyingKey,
}

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENDED: u8 = 1 << 7;

const MALFORMED: PasskeyRefused = PasskeyRefused::Malformed("its authenticator data");

impl<'a> AuthenticatorData<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, PasskeyRefused> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>().ok_or(MALFORMED)?;
        let (&[flags, count @ ..], rest) = rest.split_first_chunk::<5>().ok_or(MALFORMED)?;
        let has = |flag| flags & flag != 0;
        let (attested, rest) = if has(ATTESTED) {
            let (attested, rest) = Attested::read(rest)?;
            (Some(attested), rest)
        } else {
            (None, rest)
        };
        let mut rest = Reader::new(rest);
        if has(EXTENDED) {
            let mut map = rest;
            map.map().ok_or(MALFORMED)?;
            rest.skip().ok_or(MALFORMED)?;
        }
        // What is not eligible for a backup has none (WebAuthn § 6.1.3).
        let impossible = has(BACKED_UP) && !has(BACKUP_ELIGIBLE);
        if impossible || !rest.rest().is_empty() || bytes.len() > MOST {
            return Err(MALFORMED);
        }
        Ok(Self {
            rp_id_hash,
            user_present: has(PRESENT),
            user_verified: has(VERIFIED),
            backup_eligible: has(BACKUP_ELIGIBLE),
            sign_count: u32::from_be_bytes(count),
            attested,
        })
    }
}

impl Attested {
    fn read(bytes: &[u8]) -> Result<(Self, &[u8]), PasskeyRefused> {
        // Which model it is: asked for by nobody, so believed of nobody.
        let (_aaguid, rest) = bytes.split_first_chunk::<16>().ok_or(MALFORMED)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or(MALFORMED)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (id, rest) = rest.split_at_checked(length).ok_or(MALFORMED)?;
        let id = CredentialId::new(id).map_err(|_| MALFORMED)?;
        let mut reader = Reader::new(rest);
        let key = cose::read(&mut reader)?;
        Ok((Self { id, key }, reader.rest()))
    }
}
