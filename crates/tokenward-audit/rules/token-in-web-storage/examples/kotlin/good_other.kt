package shop

import android.content.SharedPreferences

fun save(prefs: SharedPreferences, theme: String, pushToken: String) {
    prefs.edit().putString("theme", theme).putString("push_token", pushToken).apply()
}
