import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String issue(Map<String, dynamic> claims, SecretKey key) => JWT(claims).sign(key);
