//! Whom outgoing TLS trusts.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

use super::HttpSetupError;

/// Trusts the system's certificate authorities, and those in `extra_ca` (PEM).
pub fn client_tls(extra_ca: Option<&[u8]>) -> Result<ClientConfig, HttpSetupError> {
    let mut roots = RootCertStore::empty();
    // A system without usable roots is no mistake by itself: the extra CA may be all that is needed.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(pem) = extra_ca {
        let extra: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|e| HttpSetupError::BadCa(Some(e)))?;
        if extra.is_empty() {
            return Err(HttpSetupError::BadCa(None));
        }
        for certificate in extra {
            roots.add(certificate).map_err(HttpSetupError::UnusableCa)?;
        }
    }
    if roots.is_empty() {
        return Err(HttpSetupError::NoRoots);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(HttpSetupError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
