//! `[keys.aws]`, made into a client that knows who it is.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokenward_aws::{Aws, AwsCredentials, AwsOptions, CredentialSource, Surroundings};
use tokenward_remote::client_tls;
use zeroize::Zeroizing;

use crate::config::{AwsConfig, AwsKey, AwsLogin, Config};
use crate::failure::Failure;
use crate::secret::{Secret, Variables};
use crate::{clock, files};

/// The client, with its credentials found as far as they are here; nothing is sent yet.
pub(in crate::deployment) fn client(
    config: &Config,
    aws: &AwsConfig,
    variables: &Variables,
) -> Result<Aws, Failure> {
    let tls = client_tls(None).map_err(|error| Failure::because("keys.aws", &error))?;
    let mut options = AwsOptions::new(aws.region.clone(), tls);
    options.endpoint.clone_from(&aws.endpoint);
    options.answer_timeout = aws.timeout;
    options.connect_timeout = options.connect_timeout.min(aws.timeout);
    let source = match &aws.login {
        AwsLogin::Key(key) => named(config, key, variables)?,
        AwsLogin::Chain => {
            let around = Arc::new(Process(variables.beginning_with("AWS_")));
            CredentialSource::usual(around, &aws.region)
                .map_err(|why| Failure::cannot(format!("keys.aws: {why}")))?
        }
    };
    Ok(Aws::new(options, source, clock::system()))
}

fn named(
    config: &Config,
    key: &AwsKey,
    variables: &Variables,
) -> Result<CredentialSource, Failure> {
    let (environment, base) = (&config.environment, &config.base);
    let secret = key.secret.follow(SECRET, environment, base, variables)?;
    let token = key
        .session_token
        .as_ref()
        .map(|token| token.follow(TOKEN, environment, base, variables))
        .transpose()?;
    let id = key.id.clone();
    Ok(CredentialSource::named(move || {
        let said = |failure: Failure| failure.to_string();
        let secret = secret().map_err(said)?;
        let token = token.as_ref().map(|token| token()).transpose().map_err(said)?;
        AwsCredentials::new(&id, secret.expose(), token.as_ref().map(Secret::expose))
            .map_err(|error| format!("keys.aws.access_key_id and what belongs to it: {error}"))
    }))
}

/// What AWS's usual chain looks at.
struct Process(BTreeMap<String, Zeroizing<String>>);

impl Surroundings for Process {
    fn variable(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).map(|value| value.to_string())
    }

    fn file(&self, path: &Path) -> Result<String, String> {
        let bytes = files::read(path).map_err(|failure| failure.to_string())?;
        String::from_utf8(bytes).map_err(|_| format!("{} is no UTF-8 text", path.display()))
    }
}

const SECRET: &str = "keys.aws.secret_access_key";
const TOKEN: &str = "keys.aws.session_token";
