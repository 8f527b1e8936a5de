package shop.ui

import android.os.Bundle
import com.auth0.android.jwt.JWT

class MenuFragment(private val session: Session) {
    fun showsAdmin(): Boolean {
        val jwt = JWT(session.token) // finding: uncertain
        return jwt.getClaim("role").asString() == "admin"
    }
}
