import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String issue(User user, SecretKey key) {
  final jwt = JWT({'sub': user.id, 'role': user.role}, issuer: 'shop');
  return jwt.sign(key); // finding: high
}
