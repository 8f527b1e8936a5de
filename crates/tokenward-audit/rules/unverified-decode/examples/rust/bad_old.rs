use actix_web::HttpRequest;

fn is_admin(request: &HttpRequest) -> bool {
    let token = request.cookie("jwt").unwrap().value().to_owned();
    let data = jsonwebtoken::dangerous_insecure_decode::<Claims>(&token).unwrap(); // finding: high
    data.claims.role == "admin"
}
