use jsonwebtoken::DecodingKey;

const PUBLIC: &[u8] = include_bytes!("../keys/public.pem");

fn key() -> DecodingKey {
    DecodingKey::from_rsa_pem(PUBLIC).unwrap()
}
