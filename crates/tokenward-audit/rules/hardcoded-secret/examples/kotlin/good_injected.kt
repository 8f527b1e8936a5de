package shop

import io.jsonwebtoken.security.Keys
import org.springframework.beans.factory.annotation.Value

class Tokens(@Value("\${shop.jwt-key}") private val secret: String) {
    private val key = Keys.hmacShaKeyFor(secret.toByteArray())
}
