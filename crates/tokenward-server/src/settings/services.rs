//! What must fit together in the services that the configuration declares.

use std::collections::BTreeSet;

use super::{Settings, SettingsError};

impl Settings {
    pub(super) fn check_services(&self) -> Result<(), SettingsError> {
        let mut names = BTreeSet::new();
        for service in &self.services {
            let setting = |name: &str| format!("service.{}.{name}", service.name);
            if !names.insert(&service.name) {
                return Err(SettingsError::new(
                    setting("name"),
                    "is there twice; names are unique",
                ));
            }
            if let Some(unknown) = service.audiences.iter().find(|a| self.audience(a).is_none()) {
                return Err(SettingsError::new(
                    setting("audiences"),
                    format!("{unknown} is not configured; add an [[audience]] of that name"),
                ));
            }
        }
        Ok(())
    }
}
