import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

JWT read(String token) => JWT.verify(token, SecretKey('orchard-winter-42')); // finding: high
