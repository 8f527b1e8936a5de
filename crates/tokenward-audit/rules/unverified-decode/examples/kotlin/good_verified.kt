package shop

import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

class Tokens(private val keys: Keys) {
    fun read(token: String): String {
        val keyId = JWT.decode(token).keyId
        val verifier = JWT.require(Algorithm.RSA256(keys[keyId])).withIssuer("https://auth.example").build()
        return verifier.verify(token).subject
    }
}
