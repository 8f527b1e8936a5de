package shop;

import android.content.SharedPreferences;
import com.facebook.react.bridge.WritableMap;

class Answers {
    WritableMap answer(WritableMap map, String accessToken) {
        map.putString("accessToken", accessToken);
        return map;
    }
}
