use jsonwebtoken::decode_header;

fn key_id(token: &str) -> Option<String> {
    let header = decode_header(token).ok()?;
    header.kid
}
