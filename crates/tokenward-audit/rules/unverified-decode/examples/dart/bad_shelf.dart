import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';
import 'package:shelf/shelf.dart';

Response me(Request request) {
  final token = request.headers['authorization']!.substring(7);
  final jwt = JWT.decode(token); // finding: high
  return Response.ok(users[jwt.payload['sub']]);
}
