use jsonwebtoken::{DecodingKey, Validation, decode};

pub fn claims(token: &str, key: &DecodingKey) -> Result<Claims, Error> {
    #[cfg(debug_assertions)]
    {
        let mut loose = Validation::new(jsonwebtoken::Algorithm::RS256);
        loose.validate_exp = false;
        if let Ok(seen) = decode::<Claims>(token, key, &loose) {
            eprintln!("claims: {:?}", seen.claims);
        }
    }
    let strict = Validation::new(jsonwebtoken::Algorithm::RS256);
    Ok(decode::<Claims>(token, key, &strict)?.claims)
}
