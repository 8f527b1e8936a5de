use jsonwebtoken as jwt;

fn user(token: &str, key: &jwt::DecodingKey) -> Option<Claims> {
    let mut validation = jwt::Validation::default();
    validation.set_issuer(&["shop"]);
    validation.validate_exp = false;
    jwt::decode::<Claims>(token, key, &validation).ok().map(|data| data.claims) // finding: high
}
