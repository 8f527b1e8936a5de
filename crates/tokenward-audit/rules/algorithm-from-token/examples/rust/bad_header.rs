use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};

fn read(token: &str, key: &DecodingKey) -> Option<Claims> {
    let header = decode_header(token).ok()?;
    let validation = Validation::new(header.alg);
    Some(decode::<Claims>(token, key, &validation).ok()?.claims) // finding: uncertain
}
