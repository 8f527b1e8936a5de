use jsonwebtoken::{decode, DecodingKey, Validation};

async fn stream(Query(params): Query<Params>) -> Result<String, Error> {
    let data = decode::<Claims>(&params.token, &key(), &Validation::new(Algorithm::RS256))?; // finding
    Ok(data.claims.sub)
}
