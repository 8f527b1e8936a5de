package shop

import androidx.security.crypto.EncryptedSharedPreferences

class Session(context: Context, key: MasterKey) {
    private val prefs = EncryptedSharedPreferences.create(context, "session", key)

    fun save(token: String) {
        prefs.edit().putString("access_token", token).apply()
    }
}
