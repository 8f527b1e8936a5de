import 'package:shared_preferences/shared_preferences.dart';

// prefs.setString('access_token', token) is what we did before.
String? old(SharedPreferences prefs) => prefs.getString('access_token');
