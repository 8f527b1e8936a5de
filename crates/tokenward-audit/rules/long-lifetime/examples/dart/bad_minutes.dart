import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String issue(User user, SecretKey key) {
  return JWT({'sub': user.id}).sign(
    key,
    expiresIn: const Duration(minutes: 60 * 24 * 8), // finding: high
  );
}
