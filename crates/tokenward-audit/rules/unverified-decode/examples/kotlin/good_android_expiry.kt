package shop.ui

import android.content.Context
import com.auth0.android.jwt.JWT

class Session(private val context: Context, private val token: String) {
    fun isOver(now: Long): Boolean {
        val ends = JWT(token).expiresAt ?: return true
        return ends.time < now
    }
}
