package shop

import android.preference.PreferenceManager

class Login(private val context: Context) {
    private val editor = PreferenceManager.getDefaultSharedPreferences(context).edit()

    fun done(answer: Answer) {
        editor.putString("token", answer.accessToken) // finding: high
        editor.commit()
    }
}
