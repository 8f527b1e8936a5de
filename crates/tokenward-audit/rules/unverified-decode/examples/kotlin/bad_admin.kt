package shop

import com.auth0.jwt.JWT as Tokens

object Access {
    fun isAdmin(token: String): Boolean =
        Tokens.decode(token).getClaim("role").asString() == "admin" // finding: uncertain
}
