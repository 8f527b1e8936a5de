import 'package:jose/jose.dart';
import 'package:shelf/shelf.dart';

String tenantOf(Request request) {
  final token = JsonWebToken.unverified(request.headers['x-token']!); // finding: uncertain
  return token.claims['tenant_id'];
}
