package shop;

import android.content.SharedPreferences;

class Session {
    void save(SharedPreferences prefs, String token) {
        prefs.edit().putString("access_token", token).apply(); // finding: high
    }
}
