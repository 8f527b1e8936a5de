use jsonwebtoken::{decode, DecodingKey, Validation};

async fn reset_password(Query(params): Query<Params>) -> Result<String, Error> {
    Ok(decode::<Claims>(&params.token, &key(), &Validation::new(Algorithm::RS256))?.claims.sub)
}
