package shop

import android.content.SharedPreferences

class Session(private val prefs: SharedPreferences) {
    fun save(token: String) {
        prefs.edit().putString("access_token", token).apply() // finding: high
    }
}
