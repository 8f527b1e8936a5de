use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};

fn read(token: &str, key: &DecodingKey) -> Claims {
    let validation = Validation::new(decode_header(token).expect("a header").alg);
    decode::<Claims>(token, key, &validation).expect("a token").claims // finding: uncertain
}
