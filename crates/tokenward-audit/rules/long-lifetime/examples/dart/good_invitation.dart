import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String invitation(String mail, SecretKey key) =>
    JWT({'sub': mail}).sign(key, expiresIn: const Duration(days: 7));
