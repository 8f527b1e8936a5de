package shop

import android.content.SharedPreferences
import android.os.Bundle

fun arguments(token: String): Bundle {
    val bundle = Bundle()
    bundle.putString("token", token)
    return bundle
}
