use axum_extra::extract::cookie::{Cookie, CookieJar};

fn answer(jar: CookieJar, token: String) -> CookieJar {
    let cookie = Cookie::build(("jwt", token)) // finding
        .http_only(true)
        .path("/")
        .build();
    jar.add(cookie)
}
