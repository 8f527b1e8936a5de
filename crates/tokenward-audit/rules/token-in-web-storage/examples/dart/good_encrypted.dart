import 'package:hive/hive.dart';

Future<void> save(List<int> key, String token) async {
  final box = await Hive.openBox('session', encryptionCipher: HiveAesCipher(key));
  await box.put('token', token);
}
