use jsonwebtoken::{decode, DecodingKey, Validation};

async fn stream(info: web::Query<Params>) -> Result<String, Error> {
    let data = decode::<Claims>(&info.token, &key(), &Validation::new(Algorithm::RS256))?; // finding
    Ok(data.claims.sub)
}
