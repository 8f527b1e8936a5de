//! Others whose word counts, with their files read.

use serde_json::{Value, json};
use tokenward::{ErrorChain, KeySet};
use tokenward_remote::Discovery;
use tokenward_server::settings::{TrustDomain, TrustSettings, TrustedKeys, UpstreamSettings};
use tokenward_sessions::ServiceProof;

use crate::config::{Config, KeysConfig, ProofConfig, ServiceConfig};
use crate::failure::Failure;
use crate::files;

pub(super) fn of(config: &Config) -> Result<TrustSettings, Failure> {
    let ca = config.trust.ca.as_ref().map(|path| files::read(&config.path(path)));
    let domains = config.trust.domains.iter().map(|(name, keys)| {
        let keys = match keys {
            KeysConfig::At(url) => TrustedKeys::At(url.clone()),
            KeysConfig::File(path) => {
                let path = config.path(path);
                let setting = || format!("trust_domain.{name}.bundle: {}", path.display());
                let keys = jwt_keys(&files::read_text(&path)?)
                    .map_err(|why| Failure::cannot(format!("{}: {why}", setting())))?;
                TrustedKeys::Set(keys)
            }
        };
        Ok(TrustDomain { name: name.clone(), keys })
    });
    let upstreams = config.trust.upstreams.iter().map(|upstream| {
        let keys = match &upstream.keys {
            Some(url) => TrustedKeys::At(url.clone()),
            None => Discovery::https_or_loopback(upstream.issuer.clone())
                .map(TrustedKeys::Discovered)
                .map_err(|error| Failure::because("upstream.issuer", &error))?,
        };
        Ok(UpstreamSettings {
            issuer: upstream.issuer.clone(),
            client_id: upstream.client_id.clone(),
            audiences: upstream.audiences.clone(),
            subject_prefix: upstream.subject_prefix.clone(),
            keys,
        })
    });
    Ok(TrustSettings {
        domains: domains.collect::<Result<_, Failure>>()?,
        upstreams: upstreams.collect::<Result<_, Failure>>()?,
        ca: ca.transpose()?,
    })
}

/// The keys of a SPIFFE bundle that sign JWT-SVIDs: those whose `use` says so, which no other standard knows
/// (SPIFFE Trust Domain and Bundle § 4.2.2). In a plain key set, all.
fn jwt_keys(text: &str) -> Result<KeySet, String> {
    let bundle: Value = serde_json::from_str(text).map_err(|_| "it is no JSON".to_owned())?;
    let keys = bundle.get("keys").and_then(Value::as_array).ok_or("it has no `keys`")?;
    let of_jwt = |key: &&Value| key.get("use").is_none_or(|of| of == "jwt-svid" || of == "sig");
    let mut keys: Vec<Value> = keys.iter().filter(of_jwt).cloned().collect();
    for key in keys.iter_mut().filter_map(Value::as_object_mut) {
        key.remove("use");
    }
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes())
        .map_err(|error| ErrorChain::new(&error).to_string())
}

/// What a service proves itself by, with the file of its keys read.
pub(super) fn proof(
    service: &ServiceConfig,
    config: &Config,
) -> Result<Option<ServiceProof>, Failure> {
    Ok(match &service.proof {
        None => None,
        Some(ProofConfig::Is(proof)) => Some(proof.clone()),
        Some(ProofConfig::Keys(path)) => {
            let path = config.path(path);
            let proof = ServiceProof::keys(&files::read_text(&path)?).map_err(|why| {
                Failure::cannot(format!("service.{}.jwks: {} {why}", service.name, path.display()))
            })?;
            Some(proof)
        }
    })
}
