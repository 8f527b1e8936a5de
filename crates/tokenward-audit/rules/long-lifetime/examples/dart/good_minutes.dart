import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String issue(User user, SecretKey key) =>
    JWT({'sub': user.id}).sign(key, expiresIn: const Duration(minutes: 10));
