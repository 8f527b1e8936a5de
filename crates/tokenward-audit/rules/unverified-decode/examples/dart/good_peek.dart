import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';
import 'package:shelf/shelf.dart';

String user(Request request, Keys keys) {
  final token = request.headers['authorization']!.substring(7);
  final issuer = JWT.decode(token).payload['iss'];
  return JWT.verify(token, keys[issuer]).payload['sub'];
}
