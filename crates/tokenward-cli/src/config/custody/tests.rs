use crate::config::tests::{GOOD, problems};

#[test]
fn each_mistake_about_a_custody_is_one_line_with_the_setting_and_the_mend() {
    for (table, message) in [
        (
            "custody = \"hsm\"",
            "tokenward.toml:15: keys.custody: `hsm` is not known here; choose one of \"memory\", \"sealed\", \"vault-transit\", \"vault-kv\", \"aws-kms\", \"aws-secrets-manager\", \"pkcs11\"",
        ),
        (
            "[keys.pkcs11]\nmodule = \"/x.so\"\ntoken = \"t\"\npin = { env = \"PIN\" }",
            "tokenward.toml:15: keys.pkcs11: is for custody = \"pkcs11\" alone, and it is \"sealed\"; delete the table",
        ),
        (
            "custody = \"pkcs11\"\n[keys.pkcs11]\nmodule = \"softhsm2.so\"\ntoken = \"t\"\npin = { env = \"PIN\" }",
            "tokenward.toml:17: keys.pkcs11.module: `softhsm2.so` is no absolute path; name the file of the vendor's library",
        ),
        (
            "custody = \"pkcs11\"\n[keys.pkcs11]\nmodule = \"/x.so\"\npin = { env = \"PIN\" }",
            "tokenward.toml:16: keys.pkcs11.token: is missing; write for example token = \"tokenward\"",
        ),
        (
            "custody = \"pkcs11\"\n[keys.pkcs11]\nmodule = \"/x.so\"\ntoken = \"t\"",
            "tokenward.toml:16: keys.pkcs11.pin: is missing; write for example pin = { env = \"HSM_PIN\" }",
        ),
        (
            "custody = \"pkcs11\"\n[keys.pkcs11]\nmodule = \"/x.so\"\ntoken = \"t\"\npin = \"1234\"",
            "tokenward.toml:19: keys.pkcs11.pin: a secret never stands in the file; write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }",
        ),
        (
            "custody = \"aws-kms\"\n[keys.aws]\nregion = \"Frankfurt\"",
            "tokenward.toml:17: keys.aws.region: `Frankfurt`: it must be the code of a region, such as \"eu-central-1\"",
        ),
        (
            "custody = \"aws-kms\"\n[keys.aws]\nregion = \"eu-central-1\"\nendpoint = \"http://kms.example.com\"",
            "tokenward.toml:18: keys.aws.endpoint: `http://kms.example.com`: it must be an https URL (http is for a loopback address alone)",
        ),
        (
            "custody = \"aws-secrets-manager\"\n[keys.aws]\nregion = \"eu-central-1\"\naccess_key_id = \"AKIA1\"",
            "tokenward.toml:16: keys.aws.secret_access_key: is missing; write for example secret_access_key = { env = \"AWS_SECRET\" }, or delete access_key_id for AWS's usual chain",
        ),
        (
            "custody = \"vault-kv\"\n[keys.aws]\nregion = \"eu-central-1\"\n[keys.vault]\naddress = \"https://v\"\ntoken = { env = \"T\" }",
            "tokenward.toml:16: keys.aws: is for custody = \"aws-kms\" or \"aws-secrets-manager\" alone, and it is \"vault-kv\"; delete the table",
        ),
    ] {
        let text = GOOD.replace("key_file = \"kek.key\"", table);

        let told = problems(&text);
        assert!(told.contains(&message.to_owned()), "{message}\nis not in {told:#?}");
    }
}
