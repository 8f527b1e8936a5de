//! Which key-encryption key `keys` names.

use std::path::PathBuf;

use tokenward_aws::KeyArn;

use crate::config::reader::Section;
use crate::config::{Kek, custody, values};

#[cfg(test)]
mod tests;

/// Reads what `keys` says of the key-encryption key: at most one setting names it.
pub(super) fn read(keys: &Section<'_>) -> Option<Kek> {
    let key_file = keys.has(KEY_FILE).then(|| key_file(keys));
    let passphrase =
        keys.has(PASSPHRASE).then(|| values::secret(keys, PASSPHRASE).map(Kek::Passphrase));
    let vault_key = keys.has(VAULT_KEY).then(|| vault_key(keys));
    let aws_key = keys.has(AWS_KEY).then(|| aws_key(keys));
    let named = [
        (KEY_FILE, key_file),
        (PASSPHRASE, passphrase),
        (VAULT_KEY, vault_key),
        (AWS_KEY, aws_key),
    ];
    let mut named = named.into_iter().filter_map(|(key, kek)| Some((key, kek?)));
    let Some((first, kek)) = named.next() else {
        return Some(Kek::KeyFile(PathBuf::from("kek.key")));
    };
    if let Some((second, _)) = named.next() {
        keys.problem(second, format!("{first} is set too; keep one of them"));
        return None;
    }
    kek
}

fn key_file(keys: &Section<'_>) -> Option<Kek> {
    if !keys.is_table(KEY_FILE) {
        return keys.path(KEY_FILE).map(Kek::KeyFile);
    }
    let table = keys.section(KEY_FILE);
    let name = table.required("credential", "\"kek.key\"", |text| {
        values::name(text)?;
        Ok(text.to_owned())
    });
    table.finish();
    name.map(Kek::Credential)
}

fn vault_key(keys: &Section<'_>) -> Option<Kek> {
    let key = keys.parsed(VAULT_KEY, |text| {
        values::name(text)?;
        Ok(text.to_owned())
    });
    let vault = custody::vault(keys.section(custody::VAULT), custody::TRANSIT);
    Some(Kek::Vault { key: key?, vault: Box::new(vault?) })
}

fn aws_key(keys: &Section<'_>) -> Option<Kek> {
    let key = keys
        .parsed(AWS_KEY, |text| KeyArn::new(text).map_err(|error| format!("`{text}`: {error}")));
    let aws = custody::aws(keys.section(custody::AWS));
    let (key, aws) = (key?, aws?);
    if key.region() != &aws.region {
        let (there, here) = (key.region(), &aws.region);
        keys.problem(
            AWS_KEY,
            format!("it is in {there}, and keys.aws.region is {here}; correct one of them"),
        );
        return None;
    }
    Some(Kek::Aws { key, aws: Box::new(aws) })
}

/// A key of AWS KMS, by its ARN.
pub(super) const AWS_KEY: &str = "aws_key";
/// A transit key, in the vault of `[keys.vault]`.
pub(super) const VAULT_KEY: &str = "vault_key";
const KEY_FILE: &str = "key_file";
const PASSPHRASE: &str = "passphrase";
