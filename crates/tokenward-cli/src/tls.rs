//! The certificate of the public listener: read, judged, and read again when it changes.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokenward::UnixTime;
use tokenward_server::http::{ClientAuthorities, Tls, TlsError, TlsIdentity};

use crate::acme::Acme;
use crate::commands::date;
use crate::failure::Failure;
use crate::{clock, files, pki};

/// Certificates are renewed every few weeks; half a minute is soon.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// The certificate of the public listener, and who renews it.
#[derive(Clone, Debug)]
pub(crate) enum Certificate {
    /// Somebody else, in files.
    Files(CertificateFiles),
    /// We, by ACME.
    Acme(Acme),
}

impl Certificate {
    /// TLS with it; with what nobody trusts until ACME has given the first.
    pub(crate) fn tls(&self) -> Result<Tls, Failure> {
        let now = clock::system().now();
        let identity = match self {
            Self::Files(files) => files.load(now)?,
            Self::Acme(acme) => acme.files().load(now).or_else(|_| acme.placeholder())?,
        };
        Tls::new(identity).map_err(|error| Failure::because("tls", &error))
    }

    /// Replaces the certificate of `tls` whenever there is a new one.
    pub(crate) async fn keep(self, tls: Tls) {
        match self {
            Self::Files(files) => files.follow(tls).await,
            Self::Acme(acme) => acme.keep(tls).await,
        }
    }

    /// What is wrong with it, or to be known of it.
    pub(crate) fn check(&self) -> Result<Option<&'static str>, Failure> {
        let now = clock::system().now();
        match self {
            Self::Files(files) => files.load(now).map(|_| None),
            Self::Acme(acme) if acme.has_certificate() && acme.files().load(now).is_ok() => {
                Ok(None)
            }
            Self::Acme(_) => Ok(Some("there is no certificate yet: the start orders one by ACME")),
        }
    }
}

/// The authorities in the file `path`, which `setting` names, that vouch for clients.
pub(crate) fn client_authorities(setting: &str, path: &Path) -> Result<ClientAuthorities, Failure> {
    let pem =
        files::read(path).map_err(|failure| Failure::cannot(format!("{setting}: {failure}")))?;
    let wrong =
        |error: TlsError| Failure::cannot(format!("{setting}: {}: {error}", path.display()));
    ClientAuthorities::from_pem(&pem).map_err(wrong)
}

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
            TlsError::Key(_) => named("tls.key", &self.key, &error),
            TlsError::Pair(_) => named(
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
