package shop;

import android.content.SharedPreferences;

class Settings {
    void save(SharedPreferences prefs, String theme, String fcmToken) {
        prefs.edit().putString("theme", theme).putString("fcm_token", fcmToken).apply();
    }
}
