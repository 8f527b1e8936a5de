//! What can be wrong with the key-encryption key, with a vault, and with what comes from it.

use crate::config::tests::one_problem;

#[test]
fn each_mistake_about_a_vault_or_its_key_is_one_line_with_the_mend() {
    for (old, new, message) in [
        (
            "key_file = \"kek.key\"",
            "vault_key = \"staging-store\"\n[keys.vault]\naddress = \"https://v\"\ntoken = { env = \"T\" }",
            "tokenward.toml:15: keys.vault_key: `staging-store` is not of environment \"prod\"; name one that begins with `prod-`",
        ),
        (
            "key_file = \"kek.key\"",
            "aws_key = \"alias/prod-store\"\n[keys.aws]\nregion = \"eu-central-1\"",
            "tokenward.toml:15: keys.aws_key: `alias/prod-store`: it must be the ARN of a key, such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab (an alias may be pointed at another key at any time)",
        ),
        (
            "key_file = \"kek.key\"",
            "aws_key = \"arn:aws:kms:eu-west-1:1:key/2\"\n[keys.aws]\nregion = \"eu-central-1\"",
            "tokenward.toml:15: keys.aws_key: it is in eu-west-1, and keys.aws.region is eu-central-1; correct one of them",
        ),
        (
            "key_file = \"kek.key\"",
            "aws_key = \"arn:aws:kms:eu-west-1:1:key/2\"",
            "tokenward.toml:14: keys.aws.region: is missing; write for example region = \"eu-central-1\"",
        ),
        (
            "key_file = \"kek.key\"",
            "aws_key = \"arn:aws:kms:eu-west-1:1:key/2\"\npassphrase = { env = \"KEK\" }\n[keys.aws]\nregion = \"eu-west-1\"",
            "tokenward.toml:15: keys.aws_key: passphrase is set too; keep one of them",
        ),
        (
            "key_file = \"kek.key\"",
            "key_file = { credential = \"kek/key\" }",
            "tokenward.toml:15: keys.key_file.credential: `kek/key` must be 1 to 128 letters, digits, `-`, `_` and `.`",
        ),
        (
            "key_file = \"kek.key\"",
            "vault_key = \"prod-store\"\npassphrase = { env = \"KEK\" }\n[keys.vault]\naddress = \"https://v\"\ntoken = { env = \"T\" }",
            "tokenward.toml:15: keys.vault_key: passphrase is set too; keep one of them",
        ),
        (
            "key_file = \"kek.key\"",
            "custody = \"vault-transit\"\n[keys.vault]\naddress = \"http://vault.example.com\"\ntoken = { env = \"T\" }",
            "tokenward.toml:17: keys.vault.address: `http://vault.example.com`: it must be an https URL (http is for a loopback address alone)",
        ),
        (
            "key_file = \"kek.key\"",
            "custody = \"vault-transit\"\n[keys.vault]\naddress = \"https://v\"\nmount = \"/transit\"\ntoken = { env = \"T\" }",
            "tokenward.toml:18: keys.vault.mount: `/transit`: it must be names of letters, digits, `-`, `_` and `.` with a `/` between them, such as \"transit\"",
        ),
        (
            "key_file = \"kek.key\"",
            "custody = \"vault-transit\"\n[keys.vault]\naddress = \"https://v\"\nrole_id = \"r\"\ntoken = { env = \"T\" }",
            "tokenward.toml:16: keys.vault: does not say who we are; write either role_id = \"…\" and secret_id = { env = \"VAULT_SECRET_ID\" }, or token = { env = \"VAULT_TOKEN\" }",
        ),
        (
            "{ env = \"EDGE_SECRET\" }",
            "{ vault = \"kv/edge\" }",
            "tokenward.toml:30: proxy.secret.vault: `kv/edge` names no field of a document; write for example \"edge#password\"",
        ),
        (
            "{ env = \"EDGE_SECRET\" }",
            "{ vault = \"edge#password\" }",
            "tokenward.toml:14: keys.vault.secrets: is missing, and a secret comes from there; write for example secrets = \"secret\"",
        ),
        (
            "key_file = \"kek.key\"",
            "[keys.vault]\naddress = \"https://v\"\nsecrets = \"secret\"\ntoken = { vault = \"vault#token\" }",
            "tokenward.toml:18: keys.vault.token: cannot come from the vault that it opens; use env, file or credential",
        ),
    ] {
        one_problem(old, new, message);
    }
}
