//! Logging in, renewing ahead of the end, and logging in again.

use std::sync::Arc;

use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use tokenward::{ErrorChain, UnixTime};
use tokio::sync::MutexGuard;
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::{Data, Inner, LOOK_AT_SELF, system};
use crate::address::Mount;
use crate::error::VaultError;
use crate::http::Call;
use crate::lease::{Auth, Lease, SelfLook, life};
use crate::login::{BadSecret, Login, VaultSecret};

impl Inner {
    /// A token to send now. While one holds, nobody waits for its renewal but who makes it.
    pub(super) async fn token(&self) -> Result<Arc<Lease>, VaultError> {
        let now = self.clock.now();
        let lease = self.lease().filter(|lease| !lease.is_over(now));
        match lease {
            Some(lease) if lease.is_due(now) => Ok(self.renew_or_keep(lease, now).await),
            Some(lease) => Ok(lease),
            None => {
                let _turn = self.turn().await?;
                // Whoever had the turn before may have done it.
                match self.lease().filter(|lease| !lease.is_over(now)) {
                    Some(lease) => Ok(lease),
                    None => self.log_in().await,
                }
            }
        }
    }

    /// Another token than `dead`, which the vault does not know.
    pub(super) async fn replace(&self, dead: &Arc<Lease>) -> Result<Arc<Lease>, VaultError> {
        let _turn = self.turn().await?;
        match self.lease().filter(|lease| !Arc::ptr_eq(lease, dead)) {
            Some(lease) => Ok(lease),
            None => self.log_in().await,
        }
    }

    /// The turn to log in. During an outage each waits for one other, not for all of them in a row.
    async fn turn(&self) -> Result<MutexGuard<'_, ()>, VaultError> {
        let wait = self.transport.answer_timeout();
        timeout(wait, self.turn.lock()).await.map_err(|_| VaultError::TooSlow { wait })
    }

    async fn renew_or_keep(&self, lease: Arc<Lease>, now: UnixTime) -> Arc<Lease> {
        let Ok(_turn) = self.turn.try_lock() else { return lease };
        match self.renew(&lease, now).await {
            Ok(renewed) => renewed,
            Err(error) => {
                let error = ErrorChain::new(&error).to_string();
                tracing::warn!(error, "the token for Vault was not renewed; it holds for a while");
                self.set(lease.put_off(now))
            }
        }
    }

    async fn renew(&self, lease: &Lease, now: UnixTime) -> Result<Arc<Lease>, VaultError> {
        if !lease.renewable {
            return self.log_in().await;
        }
        let call = Call::post("auth/token/renew-self", &json!({}));
        let answer = self.send(&call, Some(lease)).await?;
        if matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST) {
            return self.log_in().await;
        }
        let answer: Authenticated = self.judge(answer, &call, &system())?.json(&call.path)?;
        let auth = answer.auth;
        let renewed = lease.renewed(life(auth.lease_duration), auth.renewable, now);
        if lease.is_running_out(&renewed) {
            // A token from elsewhere may have no successor yet: then this one goes on to its end.
            return match self.log_in().await {
                Ok(fresh) => Ok(fresh),
                Err(_) => Ok(self.set(renewed)),
            };
        }
        Ok(self.set(renewed))
    }

    /// Logs in. Whoever calls has the turn.
    async fn log_in(&self) -> Result<Arc<Lease>, VaultError> {
        let now = self.clock.now();
        let lease = match (self.login)().map_err(VaultError::NoCredential)? {
            Login::Token(token) => self.look_at(&token, now).await?,
            Login::AppRole { mount, role_id, secret_id } => {
                self.app_role(&mount, &role_id, &secret_id, now).await?
            }
        };
        Ok(self.set(lease))
    }

    async fn look_at(&self, token: &VaultSecret, now: UnixTime) -> Result<Lease, VaultError> {
        let bare = Lease::new(token, None, false, now).map_err(bad)?;
        let call = Call::get(LOOK_AT_SELF);
        let answer = self.send(&call, Some(&bare)).await?;
        if answer.status == StatusCode::FORBIDDEN {
            return Err(VaultError::BadToken);
        }
        let look: Data<SelfLook> = self.judge(answer, &call, &system())?.json(&call.path)?;
        Ok(bare.renewed(life(look.data.ttl), look.data.renewable, now))
    }

    async fn app_role(
        &self,
        mount: &Mount,
        role_id: &VaultSecret,
        secret_id: &VaultSecret,
        now: UnixTime,
    ) -> Result<Lease, VaultError> {
        // Written in one piece: a text that grows leaves copies behind.
        let body =
            ["{\"role_id\":\"", role_id.expose(), "\",\"secret_id\":\"", secret_id.expose(), "\"}"];
        let call = Call::post_text(format!("auth/{mount}/login"), body.concat());
        let answer = self.send(&call, None).await?;
        // A wrong role id, a wrong, used or expired secret id: the vault tells them apart for nobody.
        if matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN) {
            return Err(VaultError::BadAppRole { mount: mount.clone() });
        }
        let answer: Authenticated = self.judge(answer, &call, mount)?.json(&call.path)?;
        let token = VaultSecret::new(&Zeroizing::new(answer.auth.client_token)).map_err(bad)?;
        Lease::new(&token, life(answer.auth.lease_duration), answer.auth.renewable, now)
            .map_err(bad)
    }
}

/// Cannot come from our own secrets; a vault that gives such a token is none.
fn bad(_: BadSecret) -> VaultError {
    VaultError::Garbage { path: "auth".to_owned() }
}

#[derive(Deserialize)]
struct Authenticated {
    auth: Auth,
}
