use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};

fn read(token: &str, key: &DecodingKey) -> Result<Claims, Error> {
    let header = decode_header(token)?;
    let data = decode::<Claims>(token, key, &Validation::new(header.alg))?; // finding: uncertain
    Ok(data.claims)
}
