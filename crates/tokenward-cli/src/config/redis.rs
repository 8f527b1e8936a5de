//! Where a Redis is, in `[revocation]` and in the `[feed]` of a gate.

use tokenward_redis::{BadAddress, RedisAddress};

use crate::config::RedisConfig;
use crate::config::reader::Section;
use crate::config::values;
use crate::secret::Environment;

#[cfg(test)]
mod tests;

/// How `feed_password` of `[revocation]` is called where it is looked for.
pub(crate) const PASSWORD_SETTING: &str = "revocation.feed_password";

/// The names of the settings in a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    pub(super) address: &'static str,
    pub(super) password: &'static str,
    pub(super) ca: &'static str,
}

/// The Redis that the section names, if it names one; `None` also where it is wrong.
pub(super) fn read(
    section: &Section<'_>,
    names: Names,
    environment: Option<&Environment>,
) -> Option<RedisConfig> {
    let ca = section.path(names.ca);
    let password = section.has(names.password).then(|| values::secret(section, names.password));
    let address = section.parsed(names.address, |text| {
        // The text may hold a password, so the message does not repeat it.
        let address = RedisAddress::new(text).map_err(|error| match error {
            BadAddress::HoldsPassword => format!(
                "{error}; write for example {} = {{ env = \"FEED_PASSWORD\" }}",
                names.password
            ),
            error => error.to_string(),
        })?;
        if !address.is_private() && !environment.is_some_and(Environment::is_dev) {
            return Err(format!(
                "over {address} everybody on the way reads along, and can forget revocations; write \
                 rediss"
            ));
        }
        Ok(address)
    });
    // What is wrong is noted by the section.
    let password = match password {
        Some(wrong_or_right) => Some(wrong_or_right?),
        None => None,
    };
    Some(RedisConfig { address: address?, password, ca })
}
