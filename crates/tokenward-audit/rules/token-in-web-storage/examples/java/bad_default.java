package shop;

import android.preference.PreferenceManager;

class Login {
    void done(Context context, String idToken) {
        PreferenceManager.getDefaultSharedPreferences(context)
            .edit()
            .putString("user", "u1")
            .apply();
        PreferenceManager.getDefaultSharedPreferences(context).edit().putString("token", idToken).apply(); // finding: high
    }
}
