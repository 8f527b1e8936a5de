use jsonwebtoken::*;

fn read(token: &str, key: &DecodingKey) -> Result<Claims> {
    let alg = decode_header(token)?.alg;
    let validation = Validation::new(alg);
    Ok(decode(token, key, &validation)?.claims) // finding: uncertain
}
