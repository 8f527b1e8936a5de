import 'package:flutter/foundation.dart';
import 'package:jwt_decoder/jwt_decoder.dart';

class Session extends ChangeNotifier {
  Session(this.token);

  final String token;

  DateTime get ends => DateTime.fromMillisecondsSinceEpoch(JwtDecoder.decode(token)['exp'] * 1000);
}
