import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

JWT read(String token, String pem) => JWT.verify(token, ECPublicKey(pem));
