//! Attestation objects (WebAuthn § 6.5.4), of the two kinds that come where none was asked for: none, and that of
//! a key about itself.

use super::PasskeyRefused;
use super::authenticator_data::{Attested, AuthenticatorData};
use super::cbor::Reader;
use super::cose;

const MALFORMED: PasskeyRefused = PasskeyRefused::Malformed("its attestation object");

/// What an enrolment says, and who vouches for it.
pub(super) struct AttestationObject<'a> {
    /// The authenticator data, as it is signed.
    data: &'a [u8],
    statement: Statement<'a>,
}

enum Statement<'a> {
    /// § 8.7: nobody.
    None,
    /// § 8.2, without a certificate: the key itself.
    Own { algorithm: i64, signature: &'a [u8] },
}

impl<'a> AttestationObject<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, PasskeyRefused> {
        let mut reader = Reader::new(bytes);
        let (mut format, mut statement, mut data) = (None, None, None);
        if reader.map() != Some(3) {
            return Err(MALFORMED);
        }
        for _ in 0..3 {
            match reader.text() {
                Some("fmt") => format = reader.text(),
                Some("authData") => data = reader.bytes(),
                Some("attStmt") => {
                    statement = Some(reader);
                    reader.skip().ok_or(MALFORMED)?;
                }
                _ => return Err(MALFORMED),
            }
        }
        let (Some(format), Some(statement), Some(data)) = (format, statement, data) else {
            return Err(MALFORMED);
        };
        if !reader.rest().is_empty() {
            return Err(MALFORMED);
        }
        let statement = match format {
            "none" => none(statement).ok_or(MALFORMED)?,
            "packed" => own(statement).ok_or(PasskeyRefused::Unsupported)?,
            _ => return Err(PasskeyRefused::Unsupported),
        };
        Ok(Self { data, statement })
    }

    pub(super) fn data(&self) -> Result<AuthenticatorData<'a>, PasskeyRefused> {
        AuthenticatorData::read(self.data)
    }

    /// Checks what `attested` says of itself, with the client data of this hash.
    pub(super) fn verify(
        &self,
        attested: &Attested,
        client_data_hash: &[u8; 32],
    ) -> Result<(), PasskeyRefused> {
        let Statement::Own { algorithm, signature } = self.statement else { return Ok(()) };
        let same = (algorithm, attested.key.algorithm());
        let signed = [self.data, client_data_hash].concat();
        let good =
            cose::ALGORITHMS.contains(&same) && cose::verifies(&attested.key, &signed, signature);
        if good { Ok(()) } else { Err(PasskeyRefused::BadSignature) }
    }
}

fn none(mut statement: Reader<'_>) -> Option<Statement<'_>> {
    (statement.map()? == 0).then_some(Statement::None)
}

fn own(mut statement: Reader<'_>) -> Option<Statement<'_>> {
    let (mut algorithm, mut signature) = (None, None);
    if statement.map()? != 2 {
        return None;
    }
    for _ in 0..2 {
        match statement.text()? {
            "alg" => algorithm = Some(statement.integer()?),
            "sig" => signature = Some(statement.bytes()?),
            _ => return None,
        }
    }
    Some(Statement::Own { algorithm: algorithm?, signature: signature? })
}
