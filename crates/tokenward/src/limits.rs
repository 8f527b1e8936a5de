//! Every limit on hostile input, in one place, each with its source.

/// How much of anything is read before it is refused.
///
/// The limits are fixed: nothing that needs more of any of these is one of our inputs, and a limit
/// that can be turned up gets turned up.
///
/// ```
/// use tokenward::limits::LIMITS;
///
/// // Refuse early what would be refused anyhow.
/// fn could_be_a_token(header: &str) -> bool {
///     header.len() <= LIMITS.token_bytes
/// }
/// # assert!(could_be_a_token("eyJ"));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// A token, in bytes. Servers cut a header line at 8 KiB (nginx `large_client_header_buffers`,
    /// Apache `LimitRequestFieldSize`), so a longer token never arrives whole.
    pub token_bytes: usize,
    /// A token's header, decoded, in bytes. Ours have under 200; an `x5c` chain, which is never read,
    /// is the only thing that needs more (CVE-2025-61920: half a gigabyte was decoded).
    pub header_bytes: usize,
    /// The longest signature of an RSA key, of 8192 bits, in bytes.
    pub rsa_signature_bytes: usize,
    /// Nesting of JSON objects and arrays (CVE-2025-53864: recursion without end).
    pub json_depth: usize,
    /// Members of one JSON object. Duplicates are found by comparing each name with all before it.
    pub json_members: usize,
    /// The magnitude of a JSON number: 2⁵³ - 1, above which parsers disagree (RFC 7493 § 2.2).
    pub json_number: f64,
    /// The text of a JSON number, in bytes: 17 digits, a sign, a point and an exponent fit twice.
    pub json_number_bytes: usize,
    /// A JWK, a PEM or a DER document, in bytes. An RSA private key of 8192 bits has 6.4 KiB of PEM.
    pub key_bytes: usize,
    /// A key set, in bytes. The largest public ones, with certificate chains, have under 30 KiB.
    pub key_set_bytes: usize,
    /// Keys in a key set. Twice those of the largest public sets.
    pub key_set_keys: usize,
    /// A key-set statement, in bytes: the largest key set, in base64url, with its claims and signature.
    pub key_set_statement_bytes: usize,
    /// A chain from an offline root to a delegation, in bytes. A root of 16 keys with as many signatures
    /// has 9 KiB.
    pub root_chain_bytes: usize,
    /// Roots in such a chain: one a year for a lifetime.
    pub roots: usize,
    /// Keys of one root. More than a handful of holders do not meet.
    pub root_keys: usize,
    /// Signatures under one document of a root: by all keys of two roots.
    pub root_signatures: usize,
    /// Issuers in one delegation.
    pub delegated_issuers: usize,
    /// A status list token, in bytes. 2²⁰ statuses of 8 bits that do not compress, twice in base64url,
    /// have 1.8 MiB; those of draft-ietf-oauth-status-list, appendix C, are far smaller.
    pub status_list_bytes: usize,
    /// The header of a DPoP proof, decoded, in bytes: it holds a public key, of which RSA with 8192
    /// bits and ML-DSA-65 are the longest that fit into a token with their signature.
    pub proof_header_bytes: usize,
    /// `apu` and `apv` of a JWE, decoded, in bytes each: the longest identifier that we have, an
    /// issuer's. They are hashed before anything is known about the sender (RFC 7518 § 4.6.2).
    pub party_bytes: usize,
    /// An HMAC secret, in bytes. HMAC-SHA-256 hashes all above 64 down to 32.
    pub secret_bytes: usize,
}

/// The limits in force.
pub const LIMITS: Limits = Limits {
    token_bytes: 8 * 1024,
    header_bytes: 1024,
    rsa_signature_bytes: 1024,
    json_depth: 16,
    json_members: 256,
    json_number: 9_007_199_254_740_991.0,
    json_number_bytes: 48,
    key_bytes: 16 * 1024,
    key_set_bytes: 256 * 1024,
    key_set_keys: 64,
    key_set_statement_bytes: 352 * 1024,
    root_chain_bytes: 512 * 1024,
    roots: 64,
    root_keys: 16,
    root_signatures: 32,
    delegated_issuers: 256,
    status_list_bytes: 2 * 1024 * 1024,
    proof_header_bytes: 3 * 1024,
    party_bytes: 512,
    secret_bytes: 1024,
};
