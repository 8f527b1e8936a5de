use jsonwebtoken::*;

const CHECK: bool = false;

fn user(token: &str, key: &DecodingKey) -> Option<Claims> {
    let mut checks = Validation::new(Algorithm::EdDSA);
    checks.validate_exp = CHECK;
    Some(decode::<Claims>(token, key, &checks).ok()?.claims) // finding: high
}
