import 'package:flutter/material.dart';
import 'package:jwt_decoder/jwt_decoder.dart';

class Greeting extends StatelessWidget {
  const Greeting(this.token);

  final String token;

  @override
  Widget build(BuildContext context) => Text('Hello ${JwtDecoder.decode(token)['name']}');
}
