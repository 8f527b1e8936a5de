import 'package:get_storage/get_storage.dart';

void save(String token) {
  GetStorage().write('token', token); // finding: medium
}
