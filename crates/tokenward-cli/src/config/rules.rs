//! Rules that hold between settings.

use std::collections::BTreeSet;

use tokenward::Audience;
use tokenward_keys::Timing;
use tokenward_redis::RESERVED_NAMES;
use tokenward_tower::binding::BindingPolicy;

use crate::config::reader::Section;
use crate::config::{
    Address, AudienceConfig, Config, Delivery, Feed, Kek, ProxyAuth, ServiceConfig,
};
use crate::deployment::SIGNER_KEYS;
use crate::duration::Human;
use crate::secret::SecretRef;

/// Notes what does not fit together in `config`.
pub(super) fn check(config: &Config, root: &Section<'_>) {
    let audiences = root.sections("audience");
    if config.audiences.is_empty() {
        root.problem("audience", "there is none; add [[audience]] with a name");
    }
    let mut names = BTreeSet::new();
    let mut hosts = BTreeSet::new();
    for (audience, section) in config.audiences.iter().zip(&audiences) {
        if !names.insert(audience.name.as_str()) {
            section
                .problem("name", format!("`{}` is there twice; names are unique", audience.name));
        }
        if audience.name.as_str() == SIGNER_KEYS && config.keys.key_set_signer.is_some() {
            section.problem(
                "name",
                format!("`{SIGNER_KEYS}` is what the keys that sign key sets are kept under; choose another"),
            );
        }
        if matches!(config.revocation.feed, Feed::Redis(_))
            && RESERVED_NAMES.contains(&audience.name.as_str())
        {
            let name = &audience.name;
            section.problem(
                "name",
                format!("`{name}` has a meaning of its own in Redis; choose another"),
            );
        }
        lifetimes(audience, section);
        let own: BTreeSet<_> = audience.origins.iter().map(|origin| host(origin)).collect();
        for host in own {
            if !hosts.insert(host) {
                section.problem("origins", format!(
                    "{host} belongs to another audience already; cookies allow one audience per host"
                ));
            }
        }
        symmetric(config, audience, section);
    }
    let keys = root.section("keys");
    timing(config, &audiences, &keys);
    let prefix = format!("{}-", config.environment.as_str());
    if let Kek::Vault { key, .. } = &config.keys.kek
        && !key.starts_with(&prefix)
    {
        let environment = config.environment.as_str();
        keys.problem(
            "vault_key",
            format!("`{key}` is not of environment \"{environment}\"; name one that begins with `{prefix}`"),
        );
    }
    let in_vault = |secret: &SecretRef| matches!(secret, SecretRef::Vault(_));
    if config.keys.secrets.is_none() && config.secrets().iter().any(|(_, s)| in_vault(s)) {
        keys.problem(
            "vault.secrets",
            "is missing, and a secret comes from there; write for example secrets = \"secret\"",
        );
    }
    let mut clients = BTreeSet::new();
    for (service, section) in config.services.iter().zip(&root.sections("service")) {
        if !clients.insert(service.name.as_str()) {
            section.problem("name", format!("`{}` is there twice; names are unique", service.name));
        }
        service_fits(service, section, &names);
    }
    receivers(config, root, &names);
    let mut proxies = BTreeSet::new();
    for (proxy, section) in config.proxies.iter().zip(&root.sections("proxy")) {
        if !proxies.insert(proxy.name.as_str()) {
            section.problem("name", format!("`{}` is there twice; names are unique", proxy.name));
        }
    }
}

/// Tokens are bound to certificates where clients can show one, and find out where.
pub(super) fn certificates(config: &Config, root: &Section<'_>) {
    for (audience, section) in config.audiences.iter().zip(root.sections("audience")) {
        if audience.mtls != BindingPolicy::Off && config.listen.mtls_url.is_none() {
            section.problem(
                "mtls",
                "needs listen.mtls, and listen.mtls_url, where clients find it; set both",
            );
        }
    }
}

/// A proxy proves itself where nobody else can.
pub(super) fn proxies(config: &Config, root: &Section<'_>) {
    for (proxy, section) in config.proxies.iter().zip(root.sections("proxy")) {
        if matches!(proxy.auth, ProxyAuth::Mtls(_)) && config.listen.mtls.is_none() {
            section.problem(
                "mtls",
                "needs listen.mtls, where the proxy shows its certificate; set it",
            );
        }
        if matches!(proxy.auth, ProxyAuth::Unix) {
            section.problem(
                "unix",
                // What the proxy passes on for its clients comes by that socket too, with all that they say.
                match config.listen.public {
                    Address::Unix(_) => {
                        "whatever comes to listen.public comes by that socket, so this would believe \
                         every client; set a secret"
                    }
                    Address::Tcp(_) => "is for a gate that listens on a socket; set a secret",
                },
            );
        }
    }
}

/// The forward-auth endpoint decides about audiences that there are, for proxies that there are.
pub(super) fn entries(config: &Config, root: &Section<'_>) {
    let there = |name: &Audience| config.audiences.iter().any(|audience| audience.name == *name);
    for (rule, section) in config.rules.iter().zip(&root.sections("rule")) {
        for name in rule.audiences.iter().filter(|name| !there(name)) {
            section.problem("audiences", format!("there is no [[audience]] named `{name}`"));
        }
    }
    if !config.rules.is_empty() && config.proxies.is_empty() {
        root.problem("rule", "is for proxies, and there is no [[proxy]]; add one, or delete it");
    }
}

fn receivers(config: &Config, root: &Section<'_>, audiences: &BTreeSet<&str>) {
    let mut names = BTreeSet::new();
    for (receiver, section) in config.receivers.iter().zip(&root.sections("receiver")) {
        if !names.insert(receiver.name.as_str()) {
            let problem = format!("`{}` is there twice; names are unique", receiver.name);
            section.problem("name", problem);
        }
        if receiver.audiences.is_empty() {
            section.problem(
                "audiences",
                "there is none; list the audiences whose sessions it is told of",
            );
        }
        for audience in &receiver.audiences {
            if !audiences.contains(audience.as_str()) {
                section
                    .problem("audiences", format!("there is no [[audience]] named `{audience}`"));
            }
        }
        if let Delivery::Poll { service } = &receiver.delivery
            && !config.services.iter().any(|known| known.name == *service && !known.public)
        {
            section.problem(
                "poll",
                format!("there is no [[service]] with a secret named `{service}`"),
            );
        }
    }
}

fn lifetimes(audience: &AudienceConfig, section: &Section<'_>) {
    let [access, refresh, session] =
        [audience.access_lifetime, audience.refresh_lifetime, audience.session_lifetime].map(Human);
    if audience.refresh_lifetime < audience.access_lifetime {
        section.problem(
            "refresh_lifetime",
            format!("{refresh} is under access_lifetime; choose {access} or more"),
        );
    }
    if audience.session_lifetime < audience.access_lifetime {
        section.problem(
            "session_lifetime",
            format!("{session} is under access_lifetime; choose {access} or more"),
        );
    }
}

fn symmetric(config: &Config, audience: &AudienceConfig, section: &Section<'_>) {
    if audience.algorithm != "HS256" {
        return;
    }
    let users = config.services.iter().filter(|service| service.audiences.contains(&audience.name));
    if users.count() > 1 {
        section.problem(
            "algorithm",
            "HS256 is for one service alone, and several share this audience; choose \"ES256\"",
        );
    }
}

fn service_fits(service: &ServiceConfig, section: &Section<'_>, names: &BTreeSet<&str>) {
    if service.audiences.is_empty() {
        section.problem("audiences", "there is none; list the audiences this service works with");
    }
    for audience in &service.audiences {
        if !names.contains(audience.as_str()) {
            section.problem("audiences", format!("there is no [[audience]] named `{audience}`"));
        }
    }
    if service.public && !service.may.is_empty() {
        section.problem(
            "may",
            "a public client has no secret, so it may do nothing here; remove may or public",
        );
    }
    if service.public && service.proof.is_some() {
        section.whole_problem(
            "a public client proves nothing; remove public, or what it proves itself by",
        );
    }
    if service.public && !service.scopes.is_none() {
        section.problem(
            "scopes",
            "a public client has no secret, so it gets no tokens of its own; remove scopes or public",
        );
    }
}

fn timing(config: &Config, audiences: &[Section<'_>], keys: &Section<'_>) {
    for (audience, section) in config.audiences.iter().zip(audiences) {
        let Err(error) = Timing::new(config.keys.times.timing(audience.access_lifetime)) else {
            continue;
        };
        let message = error.to_string();
        let (setting, rest) = message.split_once(' ').unwrap_or(("keys", &message));
        match setting.split_once('.') {
            Some(("audience", key)) => section.problem(key, rest),
            Some((_, key)) => keys.problem(key, rest),
            None => keys.whole_problem(message),
        }
    }
}

fn host(origin: &str) -> &str {
    let rest = origin.strip_prefix("https://").unwrap_or(origin);
    // Cookies do not tell ports apart (RFC 6265 § 8.5), so neither may two audiences.
    match rest.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => rest,
    }
}
