package shop

import android.content.Context
import androidx.core.content.edit

fun save(context: Context, jwt: String) {
    context.getSharedPreferences("session", Context.MODE_PRIVATE).edit {
        putString("jwt", jwt) // finding: high
    }
}
