//! Receivers of events, with their secrets found and their files read.

use std::fs;

use http::HeaderValue;
use tokenward_server::settings::{EventDelivery, PushSettings, ReceiverSettings};

use crate::config::{Config, Delivery, ReceiverConfig};
use crate::failure::Failure;
use crate::files;
use crate::secret::Variables;

pub(super) fn of(config: &Config, variables: &Variables) -> Result<Vec<ReceiverSettings>, Failure> {
    config.receivers.iter().map(|receiver| one(receiver, config, variables)).collect()
}

fn one(
    receiver: &ReceiverConfig,
    config: &Config,
    variables: &Variables,
) -> Result<ReceiverSettings, Failure> {
    let setting = |key: &str| format!("receiver.{}.{key}", receiver.name);
    let delivery = match &receiver.delivery {
        Delivery::Poll { service } => EventDelivery::Poll { service: service.clone() },
        Delivery::Push { to, authorization, ca } => {
            let header = authorization.as_ref().map(|secret| {
                let setting = setting("authorization");
                let found = secret.find(&setting, &config.environment, &config.base, variables)?;
                header(found.expose()).ok_or_else(|| {
                    Failure::cannot(format!(
                        "{setting}: it is no header; write all of it, for example `Bearer TOKEN`"
                    ))
                })
            });
            let ca = ca.as_ref().map(|path| {
                let path = files::resolve(&config.base, path);
                fs::read(&path).map_err(|error| {
                    Failure::cannot(format!("{}: {}: {error}", setting("ca"), path.display()))
                })
            });
            let (authorization, ca) = (header.transpose()?, ca.transpose()?);
            EventDelivery::Push(PushSettings { to: to.clone(), authorization, ca })
        }
    };
    Ok(ReceiverSettings {
        name: receiver.name.clone(),
        recipient: receiver.recipient.clone(),
        audiences: receiver.audiences.clone(),
        events: receiver.events.clone(),
        delivery,
    })
}

/// A header that no log shows.
fn header(text: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(text).ok().filter(|header| !header.is_empty())?;
    header.set_sensitive(true);
    Some(header)
}
