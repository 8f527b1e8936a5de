import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';
import 'package:shelf/shelf.dart';

Response me(Request request, ECPublicKey key) {
  final token = request.headers['authorization']!.substring(7);
  final jwt = JWT.verify(token, key, issuer: 'https://auth.example');
  return Response.ok(users[jwt.payload['sub']]);
}
