import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

class Tokens {
  Tokens(this.secret);

  final String secret;

  JWT read(String token) => JWT.verify(token, SecretKey(secret));
}
