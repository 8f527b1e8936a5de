import 'package:flutter_secure_storage/flutter_secure_storage.dart';
import 'package:shared_preferences/shared_preferences.dart';

Future<void> save(String token) async {
  await const FlutterSecureStorage().write(key: 'access_token', value: token);
}
