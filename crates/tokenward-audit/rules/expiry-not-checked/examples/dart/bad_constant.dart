import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

const strict = false;

JWT read(String token, SecretKey key) => JWT.verify(token, key, checkExpiresIn: strict); // finding: high
