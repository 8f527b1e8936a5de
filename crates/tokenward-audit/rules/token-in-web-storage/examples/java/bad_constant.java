package shop;

import android.content.SharedPreferences;

class Session {
    private static final String REFRESH_TOKEN = "kept";
    private SharedPreferences prefs;

    void save(String value) {
        prefs.edit().putString(REFRESH_TOKEN, value).apply(); // finding: high
    }
}
