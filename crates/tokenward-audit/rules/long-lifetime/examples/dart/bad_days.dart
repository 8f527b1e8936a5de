import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String accessToken(User user, SecretKey key) =>
    JWT({'sub': user.id}).sign(key, expiresIn: const Duration(days: 30)); // finding: high
