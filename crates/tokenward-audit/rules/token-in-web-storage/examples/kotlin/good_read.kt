package shop

import android.content.SharedPreferences

// prefs.edit().putString("access_token", token) was here until the keystore came.
fun old(prefs: SharedPreferences): String? = prefs.getString("access_token", null)
