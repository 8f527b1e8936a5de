import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String issue(User user, SecretKey key, int ends) {
  final jwt = JWT({'sub': user.id, 'exp': ends});
  return jwt.sign(key);
}
