use axum_extra::extract::cookie::{Cookie, CookieJar};

fn answer(jar: CookieJar, token: String) -> CookieJar {
    let mut cookie = Cookie::new("refresh_token", token); // finding
    cookie.set_http_only(true);
    cookie.set_path("/auth");
    jar.add(cookie)
}
