//! `keys.custody` and the table of the custody that it names.

use std::path::PathBuf;

use crate::config::reader::Section;
use crate::config::values;
use crate::secret::SecretRef;

/// Where private keys live.
#[derive(Debug)]
pub(crate) enum Custody {
    /// In the store, under the key-encryption key.
    Sealed,
    /// In a token that speaks PKCS #11.
    #[expect(dead_code, reason = "read by the custody, which is refused until it is there")]
    Pkcs11(Pkcs11),
    /// In a custody that comes with a later version, by its name.
    Later(&'static str),
}

/// `[keys.pkcs11]`.
#[derive(Debug)]
#[expect(dead_code, reason = "read by the custody, which is refused until it is there")]
pub(crate) struct Pkcs11 {
    /// The vendor's library.
    pub(crate) module: PathBuf,
    /// The label of the token.
    pub(crate) token: String,
    pub(crate) pin: SecretRef,
}

const SEALED: &str = "sealed";
const PKCS11: &str = "pkcs11";
const CUSTODIES: [&str; 7] =
    ["memory", SEALED, "vault-transit", "vault-kv", "aws-kms", "aws-secrets-manager", PKCS11];

/// Reads what `keys` says of the custody.
pub(super) fn read(keys: &Section<'_>) -> Option<Custody> {
    let name = keys.or("custody", SEALED, |text| {
        values::one_of(text, &CUSTODIES)?;
        Ok(CUSTODIES.into_iter().find(|known| *known == text).unwrap_or(SEALED))
    })?;
    // A table is read wherever it stands, so that its own mistakes show too.
    let pkcs11 = table(keys, PKCS11, &[PKCS11], name, pkcs11);
    match name {
        SEALED => Some(Custody::Sealed),
        PKCS11 => pkcs11.map(Custody::Pkcs11),
        later => Some(Custody::Later(later)),
    }
}

/// The table `key` of the custodies `of`, if `chosen` is one of these or the table is there all the same.
fn table<T>(
    keys: &Section<'_>,
    key: &'static str,
    of: &[&str],
    chosen: &str,
    read: impl FnOnce(Section<'_>) -> Option<T>,
) -> Option<T> {
    let is_there = keys.has(key);
    let is_used = of.contains(&chosen);
    if is_there && !is_used {
        // A table that changes nothing is a mistake, as an unknown setting is.
        let of = of.join("\" or \"");
        keys.problem(
            key,
            format!("is for custody = \"{of}\" alone, and it is \"{chosen}\"; delete the table"),
        );
    }
    if is_there || is_used { read(keys.section(key)) } else { None }
}

fn pkcs11(section: Section<'_>) -> Option<Pkcs11> {
    let module = section.required("module", "\"/usr/lib/softhsm/libsofthsm2.so\"", |text| {
        let path = PathBuf::from(text);
        // A bare name would be looked for wherever the dynamic linker is told to look.
        if path.is_absolute() {
            Ok(path)
        } else {
            Err(format!("`{text}` is no absolute path; name the file of the vendor's library"))
        }
    });
    let token = section.required("token", "\"tokenward\"", |text| {
        // PKCS #11 § 3.2 (`CK_TOKEN_INFO`): a label has 32 bytes, padded with blanks.
        if text.is_empty() || text.len() > 32 || text.trim() != text {
            return Err(format!("`{text}` is no label of a token; one has 1 to 32 bytes"));
        }
        Ok(text.to_owned())
    });
    let pin = if section.has("pin") {
        values::secret(&section, "pin")
    } else {
        section.problem("pin", "is missing; write for example pin = { env = \"HSM_PIN\" }");
        None
    };
    section.finish();
    Some(Pkcs11 { module: module?, token: token?, pin: pin? })
}
