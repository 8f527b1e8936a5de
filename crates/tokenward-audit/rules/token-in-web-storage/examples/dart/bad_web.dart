import 'dart:html';

import 'package:shared_preferences/shared_preferences.dart';

void save(String token) {
  window.localStorage['authToken'] = token; // finding: high
}
