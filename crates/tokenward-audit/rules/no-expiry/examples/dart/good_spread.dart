import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String issue(User user, SecretKey key) {
  return JWT({'sub': user.id, ...times()}).sign(key);
}
