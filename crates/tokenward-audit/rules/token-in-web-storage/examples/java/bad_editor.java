package shop;

import android.content.Context;
import android.content.SharedPreferences;

class Session {
    void save(Context context, Answer answer) {
        SharedPreferences.Editor editor = context.getSharedPreferences("session", 0).edit();
        editor.putString("jwt", answer.getJwt()); // finding: high
        editor.commit();
    }
}
