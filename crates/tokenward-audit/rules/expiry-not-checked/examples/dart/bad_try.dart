import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

JWT? peek(String token, SecretKey key) {
  return JWT.tryVerify(token, key, checkExpiresIn: false); // finding: high
}
