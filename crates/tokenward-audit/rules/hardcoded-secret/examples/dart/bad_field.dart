import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

class Tokens {
  static const String _secret = 'orchard-winter-42'; // finding: high

  String issue(String id) =>
      JWT({'sub': id}).sign(SecretKey(_secret), expiresIn: const Duration(minutes: 5));
}
