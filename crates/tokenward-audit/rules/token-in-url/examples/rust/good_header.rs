use jsonwebtoken::{decode, DecodingKey, Validation};

async fn stream(TypedHeader(auth): TypedHeader<Authorization<Bearer>>) -> Result<String, Error> {
    Ok(decode::<Claims>(auth.token(), &key(), &Validation::new(Algorithm::RS256))?.claims.sub)
}
