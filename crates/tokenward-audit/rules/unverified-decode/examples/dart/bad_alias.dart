import 'package:dart_frog/dart_frog.dart';
import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart' as jwt;

bool isAdmin(RequestContext context) {
  final token = jwt.JWT.tryDecode(context.request.headers['Authorization']!); // finding: high
  return token!.payload['role'] == 'admin';
}
