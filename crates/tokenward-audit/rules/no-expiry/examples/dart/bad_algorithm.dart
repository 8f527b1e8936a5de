import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

String issue(User user, ECPrivateKey key) {
  final claims = {'sub': user.id};
  final jwt = JWT(claims);
  return jwt.sign(key, algorithm: JWTAlgorithm.ES256); // finding: high
}
