package shop

import shop.codec.JWT

class Reader {
    // JWT.decode(token) of com.auth0.jwt would be another matter.
    fun user(token: String) = JWT.decode(token).subject
}
