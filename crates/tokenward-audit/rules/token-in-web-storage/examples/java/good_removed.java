package shop;

import android.content.SharedPreferences;

class Session {
    void end(SharedPreferences prefs) {
        prefs.edit().putString("access_token", null).remove("refresh_token").apply();
    }
}
