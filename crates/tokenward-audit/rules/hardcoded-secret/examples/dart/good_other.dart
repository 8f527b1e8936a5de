import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

// SecretKey('secret') stood here once.
const issuer = 'https://auth.example';
