import 'package:shared_preferences/shared_preferences.dart';

class Session {
  Session(this.prefs);

  final SharedPreferences prefs;

  void keep(Answer answer) {
    prefs
      ..setString('user', answer.name)
      ..setString('jwt', answer.token); // finding: high
  }
}
