//! The certificate of the public listener: read, judged, and read again when it changes.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokenward::UnixTime;
use tokenward_server::http::{Tls, TlsIdentity};

use crate::commands::date;
use crate::failure::Failure;
use crate::{clock, files, pki};

/// Certificates are renewed every few weeks; half a minute is soon.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// A certificate chain and its key, in files.
#[derive(Clone, Debug)]
pub(crate) struct CertificateFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl CertificateFiles {
    /// Reads both; refuses what no client would accept, naming the setting.
    pub(crate) fn load(&self, now: UnixTime) -> Result<TlsIdentity, Failure> {
        let named = |setting: &str, path: &Path, what: &dyn std::fmt::Display| {
            Failure::cannot(format!("{setting}: {}: {what}", path.display()))
        };
        let chain = files::read(&self.certificate)
            .map_err(|failure| Failure::cannot(format!("tls.certificate: {failure}")))?;
        let key = files::read_private(&self.key)
            .map_err(|failure| Failure::cannot(format!("tls.key: {failure}")))?;
        let identity = TlsIdentity::from_pem(&chain, &key).map_err(|error| match &error {
            tokenward_server::http::TlsError::Key(_) => named("tls.key", &self.key, &error),
            tokenward_server::http::TlsError::Pair(_) => named(
                "tls.certificate",
                &self.certificate,
                &format!(
                    "does not belong to the key {}, or is of a kind TLS cannot use",
                    self.key.display()
                ),
            ),
            _ => named("tls.certificate", &self.certificate, &error),
        })?;
        let Some([from, to]) = pki::validity(&chain) else {
            return Err(named("tls.certificate", &self.certificate, &"cannot be read as X.509"));
        };
        if now >= to {
            let what = format!("expired at {}; renew it", date(to));
            return Err(named("tls.certificate", &self.certificate, &what));
        }
        if now < from {
            let what = format!("is not valid before {}; is the clock right?", date(from));
            return Err(named("tls.certificate", &self.certificate, &what));
        }
        Ok(identity)
    }

    /// Replaces the certificate of `tls` at SIGHUP, and when the files change.
    pub(crate) async fn follow(self, tls: Tls) {
        let hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup());
        let Ok(mut hangup) = hangup else { return };
        let mut seen = self.changed_at();
        loop {
            let asked = tokio::select! {
                _ = hangup.recv() => true,
                () = tokio::time::sleep(LOOK_EVERY) => false,
            };
            let changed = self.changed_at();
            if !asked && changed == seen {
                continue;
            }
            seen = changed;
            match self.load(clock::system().now()) {
                Ok(identity) => {
                    tls.replace(identity);
                    tracing::info!(certificate = %self.certificate.display(), "the certificate is read again");
                }
                // The old one still serves; a tool that writes two files may be between them.
                Err(failure) => tracing::error!(%failure, "the new certificate is not used"),
            }
        }
    }

    fn changed_at(&self) -> [Option<SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| path.metadata().ok()?.modified().ok())
    }
}
