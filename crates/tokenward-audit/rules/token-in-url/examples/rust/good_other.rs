use jsonwebtoken::{decode, DecodingKey, Validation};

async fn list(Query(page): Query<Page>, jar: CookieJar) -> Result<String, Error> {
    Ok(decode::<Claims>(jar.get("jwt").unwrap().value(), &key(), &Validation::new(Algorithm::RS256))?.claims.sub)
}
