use jsonwebtoken::dangerous::insecure_decode;

fn authenticate(token: &str) -> Result<User, Error> {
    let data = insecure_decode::<Claims>(token)?; // finding
    Ok(User { id: data.claims.sub })
}
