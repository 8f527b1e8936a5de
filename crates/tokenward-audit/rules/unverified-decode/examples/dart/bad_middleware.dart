import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';
import 'package:shelf/shelf.dart';

class Guard {
  User? authenticate(String token) {
    final claims = JWT.decode(token).payload; // finding: high
    return User(claims['sub'], claims['role']);
  }
}
