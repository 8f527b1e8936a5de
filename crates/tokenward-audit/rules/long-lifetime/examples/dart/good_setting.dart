import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

class Issuer {
  Issuer(this.lifetime);

  final Duration lifetime;

  String issue(User user, SecretKey key) => JWT({'sub': user.id}).sign(key, expiresIn: lifetime);
}
