import 'dart:io';

import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

final key = SecretKey(Platform.environment['JWT_SECRET'] ?? 'development'); // finding: high
