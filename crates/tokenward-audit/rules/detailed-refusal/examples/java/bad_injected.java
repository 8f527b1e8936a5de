package shop;

class Service {
    ResponseEntity<Object> claims(String token) {
        try {
            return ResponseEntity.ok(jwtParser.parseClaimsJws(token).getBody());
        } catch (Exception e) {
            return ResponseEntity.status(401).body(Map.of("error", e.toString())); // finding: medium
        }
    }
}
