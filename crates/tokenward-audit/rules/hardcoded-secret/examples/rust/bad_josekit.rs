use josekit::jws::HS256;

fn signer() -> Result<josekit::jws::alg::hmac::HmacJwsSigner, josekit::JoseError> {
    HS256.signer_from_bytes(b"a-secret-that-everybody-can-read") // finding: high
}
