import 'package:flutter/material.dart';
import 'package:jwt_decoder/jwt_decoder.dart';

class Menu extends StatelessWidget {
  Menu(this.session);

  final Session session;

  bool get isAdmin {
    final claims = JwtDecoder.decode(session.token); // finding: uncertain
    return claims['role'] == 'admin';
  }
}
