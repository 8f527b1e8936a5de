package shop;

import android.content.SharedPreferences;

class Store {
    private final SharedPreferences.Editor editor;

    Store(SharedPreferences prefs) {
        this.editor = prefs.edit();
    }

    void keep(String authToken) {
        editor.putString("auth_token", authToken).apply(); // finding: high
    }
}
