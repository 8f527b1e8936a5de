use jsonwebtoken::{decode, DecodingKey, Validation};

async fn stream(query: axum::extract::Query<HashMap<String, String>>) -> Result<String, Error> {
    Ok(decode::<Claims>(&query["token"], &key(), &Validation::new(Algorithm::RS256))?.claims.sub) // finding
}
