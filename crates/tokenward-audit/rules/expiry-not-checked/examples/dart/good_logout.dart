import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String logout(String token, SecretKey key) =>
    JWT.verify(token, key, checkExpiresIn: false).payload['sid'];
