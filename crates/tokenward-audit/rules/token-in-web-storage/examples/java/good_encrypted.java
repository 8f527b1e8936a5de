package shop;

import android.content.SharedPreferences;
import androidx.security.crypto.EncryptedSharedPreferences;

class Session {
    void save(Context context, String token) throws Exception {
        SharedPreferences prefs = EncryptedSharedPreferences.create(context, "session", key, KEYS, VALUES);
        prefs.edit().putString("access_token", token).apply();
    }
}
