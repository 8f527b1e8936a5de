package shop

import androidx.datastore.preferences.core.edit
import androidx.datastore.preferences.core.stringPreferencesKey

private val ACCESS_TOKEN = stringPreferencesKey("access_token")

class Store(private val context: Context) {
    suspend fun save(token: String) {
        context.dataStore.edit { settings ->
            settings[ACCESS_TOKEN] = token // finding: high
        }
    }
}
