use jsonwebtoken::{decode, DecodingKey, Validation};

fn read(token: &str) -> Result<String, Error> {
    Ok(decode::<Claims>(token, &key(), &Validation::new(Algorithm::RS256))?.claims.sub)
}
