import 'dart:io';

import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

SecretKey key() => SecretKey(Platform.environment['BILLING_JWT_KEY']!);
