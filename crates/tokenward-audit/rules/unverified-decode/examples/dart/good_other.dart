import 'package:shop/jwt.dart';

// JWT.decode of dart_jsonwebtoken would be another matter.
String user(String token) => JWT.decode(token).payload['sub'];
