use jsonwebtoken::{decode, DecodingKey, Validation};

async fn stream(query: Query<Params>, room: String) -> Result<String, Error> {
    let data = decode::<Claims>(&query.jwt, &key(), &Validation::new(Algorithm::RS256))?; // finding
    Ok(data.claims.sub + &room)
}
