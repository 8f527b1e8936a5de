import 'package:shared_preferences/shared_preferences.dart';

Future<void> save(SharedPreferences prefs, String theme, String fcmToken) async {
  await prefs.setString('theme', theme);
  await prefs.setString('fcm_token', fcmToken);
}
