import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String? refreshToken(User user, SecretKey key) {
  return JWT({'sub': user.id, 'kind': 'refresh'}).trySign(key); // finding: high
}
