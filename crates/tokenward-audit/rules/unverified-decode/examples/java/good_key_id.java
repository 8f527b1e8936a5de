package shop;

import com.auth0.jwt.JWT;

class Keys {
    String keyId(String token) {
        String kid = JWT.decode(token).getKeyId();
        return "keys/" + kid;
    }
}
