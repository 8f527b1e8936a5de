import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String user(String token, ECPublicKey key) {
  final jwt = JWT.verify( // finding: high
    token,
    key,
    checkExpiresIn: false,
    issuer: 'shop',
  );
  return jwt.payload['sub'];
}
