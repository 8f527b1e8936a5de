import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

JWT? read(String token, SecretKey key, int now) {
  final jwt = JWT.verify(token, key, checkExpiresIn: false);
  return jwt.payload['exp'] > now - 30 ? jwt : null;
}
