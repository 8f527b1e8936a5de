import 'package:shop/documents.dart';

// JWT({'sub': id}).sign(key) is not what this does.
String seal(Document document, Stamp stamp) => JWT({'id': document.id}).sign(stamp);
