//! Settings whose back ends this version does not bring yet: refused, each with what to use now.

use crate::config::{Config, Custody, Problem, Store};

/// What `config` asks for in vain.
pub(super) fn problems(file: &str, config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut later =
        |setting: &str, message: String| problems.push(Problem::new(file, setting, message));
    if matches!(config.store, Store::Postgres) {
        later(
            "store.url",
            "PostgreSQL comes with a later version; use \"sqlite:tokenward.db\"".to_owned(),
        );
    }
    match &config.keys.custody {
        Custody::Sealed
        | Custody::Pkcs11(_)
        | Custody::VaultTransit(_)
        | Custody::VaultKv(_)
        | Custody::AwsKms(_)
        | Custody::AwsSecrets(_) => {}
        Custody::Later("memory") => later(
            "keys.custody",
            "\"memory\" loses its keys at every restart, so it takes two replicas, which come with a \
             later version; use \"sealed\", or try it with `serve --dev --custody memory`"
                .to_owned(),
        ),
        Custody::Later(name) => {
            later("keys.custody", format!("\"{name}\" comes with a later version; use \"sealed\""));
        }
    }
    for audience in config.audiences.iter().filter(|audience| audience.algorithm == "HS256") {
        let name = &audience.name;
        later(
            "audience.algorithm",
            format!("HS256 (of `{name}`) comes with a later version; use \"ES256\""),
        );
    }
    problems
}
