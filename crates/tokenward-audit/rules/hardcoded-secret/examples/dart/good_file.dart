import 'dart:io';

import 'package:dart_jsonwebtoken/dart_jsonwebtoken.dart';

SecretKey key(String path) => SecretKey(File(path).readAsStringSync().trim());
