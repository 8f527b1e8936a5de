use jsonwebtoken::{Validation, decode, decode_header};

fn read(token: &str, keys: &Keys) -> Option<Claims> {
    let key = keys.of(&decode_header(token).ok()?.kid?)?;
    let validation = Validation::new(key.algorithm);
    Some(decode::<Claims>(token, &key.decoding, &validation).ok()?.claims)
}
