import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

const secret = String.fromEnvironment('JWT_SECRET', defaultValue: 'development'); // finding: high

final key = SecretKey(secret);
