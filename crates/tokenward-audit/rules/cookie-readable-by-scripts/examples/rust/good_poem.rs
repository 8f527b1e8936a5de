use poem::web::cookie::{Cookie, CookieJar};

fn answer(jar: &CookieJar, token: String) {
    jar.add(Cookie::new_with_str("jwt", token));
}
