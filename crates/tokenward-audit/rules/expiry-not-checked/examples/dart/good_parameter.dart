import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

JWT read(String token, SecretKey key, bool strict) => JWT.verify(token, key, checkExpiresIn: strict);
