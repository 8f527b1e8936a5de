import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart' as tokens;

class Issuer {
  String issue(String id, tokens.SecretKey key) {
    return tokens.JWT({'sub': id}, subject: id).sign(key); // finding: high
  }
}
