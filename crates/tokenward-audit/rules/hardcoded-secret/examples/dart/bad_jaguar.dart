import 'package:jaguar_jwt/jaguar_jwt.dart';

String issue(JwtClaim claims) => issueJwtHS256(claims, 'orchard-winter-42'); // finding: high
