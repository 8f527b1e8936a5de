import 'package:shared_preferences/shared_preferences.dart';

const tokenKey = 'id_token';

Future<void> keep(SharedPreferences prefs, String value) =>
    prefs.setString(tokenKey, value); // finding: high
