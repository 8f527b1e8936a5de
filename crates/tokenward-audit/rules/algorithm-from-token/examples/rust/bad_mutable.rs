use jsonwebtoken as jwt;

fn read(token: &str, keys: &Keys) -> Result<Claims, Error> {
    let header = jwt::decode_header(token).unwrap();
    let mut validation = jwt::Validation::new(header.alg);
    validation.set_audience(&["api"]);
    Ok(jwt::decode::<Claims>(token, keys.of(header.kid), &validation)?.claims) // finding: uncertain
}
