//! A certificate authority of our own, for development: one root, one leaf that it renews.
//!
//! **Invariant:** the root may sign for the names it was made for and no others (RFC 5280 § 4.2.1.10),
//! so whoever trusts it on a developer's machine trusts it for that machine alone.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
    date_time_ymd,
};
use tokenward::UnixTime;
use x509_parser::parse_x509_certificate;
use x509_parser::pem::parse_x509_pem;

use crate::failure::Failure;
use crate::files;

#[cfg(test)]
mod tests;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const ROOT_LIFE: Duration = Duration::from_secs(10 * 366 * 24 * 60 * 60);
/// Browsers and Apple's TLS refuse leaves that live longer than 398 days.
const LEAF_LIFE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// A development server may run for weeks; what has less left at its start is renewed.
const LEAF_RESERVE: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Covers a machine that slept, or a container whose clock is behind.
const BACKDATE: Duration = DAY;

/// The files of a local authority.
#[derive(Clone, Debug)]
pub(crate) struct LocalTls {
    /// The root, for clients to trust.
    pub(crate) ca_file: PathBuf,
    /// The leaf, and after it the root.
    pub(crate) certificate: PathBuf,
    /// The leaf's private key.
    pub(crate) key: PathBuf,
}

impl LocalTls {
    /// Makes what `dir` lacks, renews a leaf that ends soon or lacks one of `names`.
    pub(crate) fn prepare(dir: &Path, names: &[String], now: UnixTime) -> Result<Self, Failure> {
        files::create_dir(dir)?;
        let tls = Self {
            ca_file: dir.join("ca.pem"),
            certificate: dir.join("cert.pem"),
            key: dir.join("key.pem"),
        };
        let root_key = dir.join("ca-key.pem");
        let root_is_good = root_key.exists() && is_good(&tls.ca_file, names, LEAF_LIFE, now);
        if !root_is_good {
            make_root(&tls.ca_file, &root_key, names, now)?;
        }
        let leaf_is_good =
            root_is_good && tls.key.exists() && is_good(&tls.certificate, names, LEAF_RESERVE, now);
        if !leaf_is_good {
            make_leaf(&tls, &root_key, names, now)?;
        }
        Ok(tls)
    }
}

/// When the first certificate of a PEM text begins and ends to be valid.
pub(crate) fn validity(pem: &[u8]) -> Option<[UnixTime; 2]> {
    let (_, pem) = parse_x509_pem(pem).ok()?;
    validity_of_der(&pem.contents)
}

/// When a certificate in DER begins and ends to be valid.
pub(crate) fn validity_of_der(der: &[u8]) -> Option<[UnixTime; 2]> {
    let (_, certificate) = parse_x509_certificate(der).ok()?;
    let at = |time: x509_parser::time::ASN1Time| {
        UnixTime::from_secs(u64::try_from(time.timestamp()).unwrap_or(0))
    };
    let validity = certificate.validity();
    Some([at(validity.not_before), at(validity.not_after)])
}

fn is_good(certificate: &Path, names: &[String], reserve: Duration, now: UnixTime) -> bool {
    let Ok(pem) = files::read(certificate) else { return false };
    let valid =
        validity(&pem).is_some_and(|[from, to]| from <= now && now.saturating_add(reserve) < to);
    valid && names_of(&pem).is_some_and(|found| names.iter().all(|name| found.contains(name)))
}

/// The names that the certificate is for, or that it may sign for.
pub(crate) fn names_of(pem: &[u8]) -> Option<Vec<String>> {
    use x509_parser::extensions::GeneralName;
    let (_, pem) = parse_x509_pem(pem).ok()?;
    let certificate = pem.parse_x509().ok()?;
    let address = |bytes: &[u8]| match bytes.len() {
        // In a constraint the mask follows the address.
        4 | 8 => <[u8; 4]>::try_from(bytes.get(..4)?).ok().map(|ip| IpAddr::from(ip).to_string()),
        _ => <[u8; 16]>::try_from(bytes.get(..16)?).ok().map(|ip| IpAddr::from(ip).to_string()),
    };
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    };
    let constraints = certificate.name_constraints().ok()?;
    if let Some(constraints) = constraints {
        let permitted = constraints.value.permitted_subtrees.as_ref()?;
        return Some(permitted.iter().filter_map(|tree| text(&tree.base)).collect());
    }
    let names = certificate.subject_alternative_name().ok()??;
    Some(names.value.general_names.iter().filter_map(text).collect())
}

fn make_root(ca_file: &Path, key: &Path, names: &[String], now: UnixTime) -> Result<(), Failure> {
    let make = || -> Result<(String, String), rcgen::Error> {
        let pair = KeyPair::generate()?;
        let params = root_params(names, now)?;
        Ok((params.self_signed(&pair)?.pem(), pair.serialize_pem()))
    };
    let (certificate, pair) =
        make().map_err(|error| Failure::because("the local certificate authority", &error))?;
    files::replace_private(key, pair.as_bytes())?;
    files::replace_public(ca_file, certificate.as_bytes())
}

fn root_params(names: &[String], now: UnixTime) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::default();
    // The serial tells roots of several folders apart in a list of trusted ones.
    params
        .distinguished_name
        .push(DnType::CommonName, format!("tokenward local CA {:08x}", serial()));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut params, now, ROOT_LIFE);
    let subtree = |san: SanType| match san {
        SanType::IpAddress(IpAddr::V4(ip)) => {
            Some(GeneralSubtree::IpAddress(CidrSubnet::V4(ip.octets(), [255; 4])))
        }
        SanType::IpAddress(IpAddr::V6(ip)) => {
            Some(GeneralSubtree::IpAddress(CidrSubnet::V6(ip.octets(), [255; 16])))
        }
        SanType::DnsName(name) => Some(GeneralSubtree::DnsName(name.to_string())),
        _ => None,
    };
    let sans = CertificateParams::new(names)?.subject_alt_names;
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: sans.into_iter().filter_map(subtree).collect(),
        excluded_subtrees: Vec::new(),
    });
    Ok(params)
}

/// As much of the root's parameters as signing needs: its name.
fn root_identity(pem: &str) -> Result<CertificateParams, Box<dyn std::error::Error>> {
    let (_, pem) = parse_x509_pem(pem.as_bytes())?;
    let certificate = pem.parse_x509()?;
    let name = certificate.subject().iter_common_name().next().ok_or("the root has no name")?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name.as_str()?);
    Ok(params)
}

fn make_leaf(
    tls: &LocalTls,
    root_key: &Path,
    names: &[String],
    now: UnixTime,
) -> Result<(), Failure> {
    let root_pem = files::read_text(&tls.ca_file)?;
    let root_key = files::read_private(root_key)?;
    let make = || -> Result<(String, String), Box<dyn std::error::Error>> {
        let root_key = KeyPair::from_pem(std::str::from_utf8(&root_key)?)?;
        let root = Issuer::new(root_identity(&root_pem)?, root_key);
        let pair = KeyPair::generate()?;
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "tokenward local server");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        set_validity(&mut params, now, LEAF_LIFE);
        let leaf = params.signed_by(&pair, &root)?;
        Ok((format!("{}{root_pem}", leaf.pem()), pair.serialize_pem()))
    };
    let (chain, pair) =
        make().map_err(|error| Failure::because("the local certificate", error.as_ref()))?;
    files::replace_private(&tls.key, pair.as_bytes())?;
    files::replace_public(&tls.certificate, chain.as_bytes())
}

fn set_validity(params: &mut CertificateParams, now: UnixTime, life: Duration) {
    // Within the years that RFC 5280 § 4.1.2.5 can write, so the sums below cannot overflow.
    const YEAR_9000: u64 = 221_845_392_000;
    let since = |at: UnixTime| Duration::from_secs(at.as_secs().min(YEAR_9000));
    let epoch = date_time_ymd(1970, 1, 1);
    #[expect(clippy::arithmetic_side_effects, reason = "bounded above")]
    let [from, to] =
        [epoch + since(now.saturating_sub(BACKDATE)), epoch + since(now.saturating_add(life))];
    params.not_before = from;
    params.not_after = to;
}

fn serial() -> u32 {
    u32::from_be_bytes(tokenward::crypto::random())
}
