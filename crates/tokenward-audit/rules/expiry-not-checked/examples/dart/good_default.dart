import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

JWT read(String token, SecretKey key) => JWT.verify(token, key);
