use jsonwebtoken::{Algorithm, DecodingKey, Validation, dangerous, decode};

fn current_user(token: &str, keys: &Keys) -> Option<String> {
    let issuer = dangerous::insecure_decode::<Claims>(token).ok()?.claims.iss;
    let data = decode::<Claims>(token, keys.of(&issuer)?, &Validation::new(Algorithm::RS256)).ok()?;
    Some(data.claims.sub)
}
