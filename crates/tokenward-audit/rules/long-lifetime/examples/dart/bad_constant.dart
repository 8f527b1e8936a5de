import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

const lifetime = Duration(days: 365); // finding: high

String issue(User user, SecretKey key) => JWT({'sub': user.id}).sign(key, expiresIn: lifetime);
