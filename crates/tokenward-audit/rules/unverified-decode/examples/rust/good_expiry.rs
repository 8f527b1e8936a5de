use clap::Parser;
use jsonwebtoken::dangerous::insecure_decode;

fn is_old(token: &str) -> bool {
    let data = insecure_decode::<Claims>(token).unwrap();
    data.claims.exp < now()
}
