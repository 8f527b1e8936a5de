package shop;

import android.content.SharedPreferences;
import android.os.Bundle;

class Screens {
    Bundle next(String token) {
        Bundle bundle = new Bundle();
        bundle.putString("token", token);
        return bundle;
    }
}
