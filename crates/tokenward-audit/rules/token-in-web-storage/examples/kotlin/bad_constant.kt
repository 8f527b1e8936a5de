package shop

import android.content.SharedPreferences

private const val KEY_TOKEN = "refreshToken"

fun SharedPreferences.keep(value: String?) {
    edit().putString(KEY_TOKEN, value).apply() // finding: high
}

fun keep(prefs: SharedPreferences, value: String) {
    val changes = prefs.edit()
    changes.putString(KEY_TOKEN, value) // finding: high
    changes.apply()
}
