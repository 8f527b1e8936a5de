//! Secrets that an operator keeps in the KV engine.

use serde_json::json;
use tokenward_vault::{Mount, VaultSecrets};

use crate::stand_in::{StandIn, chain};

#[tokio::test]
async fn a_secret_is_the_text_of_a_field_in_its_newest_version() {
    let vault = StandIn::start();
    put(&vault, "old");
    put(&vault, "new");

    assert_eq!(&*secrets(&vault, "test").read(&edge(), "password").await.unwrap(), "new");
}

#[tokio::test]
async fn what_is_not_there_or_of_another_environment_is_no_secret() {
    let vault = StandIn::start();
    put(&vault, "secret");

    let said = async |environment, field| {
        chain(&secrets(&vault, environment).read(&edge(), field).await.unwrap_err())
    };
    assert_eq!(
        said("test", "pasword").await,
        "`secret/data/test/edge` has no text in the field `pasword`"
    );
    assert_eq!(
        said("test", "number").await,
        "`secret/data/test/edge` has no text in the field `number`"
    );
    assert_eq!(
        said("prod", "password").await,
        "Vault denies `read` on `secret/data/prod/edge`: grant it in the policy of the token \
         (docs/custody-vault.md)"
    );
}

fn put(vault: &StandIn, password: &str) {
    let data = json!({ "data": { "password": password, "number": 7 } });
    vault.post("secret/data/test/edge", &data);
}

fn secrets(vault: &StandIn, environment: &str) -> VaultSecrets {
    let policy = "path \"secret/data/test/*\" { capabilities = [\"read\"] }";
    vault.post("sys/policies/acl/secrets", &json!({ "policy": policy }));
    vault.role(&json!({ "token_policies": "secrets" }));
    let vault = vault.client(vault.app_role());
    VaultSecrets::new(vault, Mount::new("secret").unwrap(), environment)
}

fn edge() -> Mount {
    Mount::new("edge").unwrap()
}
