import 'package:hive_flutter/hive_flutter.dart';

Future<void> save(String refreshToken) async {
  final box = await Hive.openBox('session');
  await box.put('refreshToken', refreshToken); // finding: high
}
