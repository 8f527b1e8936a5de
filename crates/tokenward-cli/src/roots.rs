//! Whom outgoing TLS trusts: the system's certificate authorities, and one more if it is named.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use crate::failure::Failure;

/// A client configuration that trusts the system's authorities and those in `extra` (PEM).
pub(crate) fn client_config(extra: Option<&[u8]>) -> Result<Arc<ClientConfig>, Failure> {
    let mut roots = RootCertStore::empty();
    // One unreadable certificate among the system's is no reason to trust none.
    let system = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(system.certs);
    for certificate in CertificateDer::pem_slice_iter(extra.unwrap_or_default()) {
        let certificate = certificate.map_err(|error| Failure::because("the CA file", &error))?;
        roots.add(certificate).map_err(|error| Failure::because("the CA file", &error))?;
    }
    if roots.is_empty() {
        return Err(Failure::cannot(
            "no certificate authority is trusted; install ca-certificates, or name one with --ca-file",
        ));
    }
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Ok(Arc::new(config))
}
