import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String issue(User user, SecretKey key) {
  final jwt = JWT({'sub': user.id});
  return jwt.sign(key, expiresIn: Duration(hours: 12)); // finding: medium
}
