use jsonwebtoken::{decode, DecodingKey, Validation};

async fn stream(Query(params): Query<Params>) -> Result<String, Error> {
    let token = params.access_token.as_str(); // finding
    Ok(decode::<Claims>(token, &key(), &Validation::new(Algorithm::RS256))?.claims.sub)
}
