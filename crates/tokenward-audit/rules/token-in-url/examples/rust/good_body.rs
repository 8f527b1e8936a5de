use jsonwebtoken::{decode, DecodingKey, Validation};

async fn stream(Json(body): Json<Params>) -> Result<String, Error> {
    Ok(decode::<Claims>(&body.token, &key(), &Validation::new(Algorithm::RS256))?.claims.sub)
}
