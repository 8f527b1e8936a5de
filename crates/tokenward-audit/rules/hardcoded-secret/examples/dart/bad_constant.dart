import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

const secret = 'a-secret-that-everybody-can-read'; // finding: high

final key = SecretKey(secret);
