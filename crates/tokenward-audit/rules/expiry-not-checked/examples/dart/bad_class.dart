import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

class Reader {
  Reader(this.key);

  final SecretKey key;

  Map<String, dynamic> claims(String token) =>
      JWT.verify(token, key, checkHeaderType: true, checkExpiresIn: false).payload; // finding: high
}
