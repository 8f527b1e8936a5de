import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String refreshToken(User user, SecretKey key) =>
    JWT({'sub': user.id}).sign(key, expiresIn: const Duration(days: 90)); // finding: medium
