use actix_web::cookie::{Cookie, SameSite};
use actix_web::HttpResponse;

fn answer(token: &str) -> HttpResponse {
    let cookie = Cookie::build("jwt", token) // finding
        .http_only(false)
        .secure(true)
        .same_site(SameSite::Lax)
        .finish();
    HttpResponse::Ok().cookie(cookie).finish()
}
