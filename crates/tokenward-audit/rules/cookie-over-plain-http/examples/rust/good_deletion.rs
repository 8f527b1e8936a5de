use axum_extra::extract::cookie::{Cookie, CookieJar};

fn answer(jar: CookieJar, token: String) -> CookieJar {
    let gone = Cookie::build(("jwt", token)).max_age(Duration::ZERO).build();
    jar.add(gone).add(Cookie::new("refresh_token", ""))
}
