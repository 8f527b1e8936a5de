use axum_extra::extract::cookie::{Cookie, CookieJar};

fn answer(jar: CookieJar, token: String) -> CookieJar {
    jar.add(Cookie::new("access_token", token)) // finding
}
