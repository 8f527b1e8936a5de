package shop

import android.content.SharedPreferences

fun logOut(prefs: SharedPreferences) {
    prefs.edit().putString("access_token", null).apply()
    prefs.edit().remove("refresh_token").apply()
}
