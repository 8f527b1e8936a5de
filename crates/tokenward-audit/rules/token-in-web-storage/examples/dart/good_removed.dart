import 'package:shared_preferences/shared_preferences.dart';

Future<void> logOut(SharedPreferences prefs) async {
  await prefs.remove('access_token');
  await prefs.setString('refresh_token', '');
}
