package shop;

import java.util.Base64;

class Image {
    byte[] read(String token) {
        return Base64.getDecoder().decode(token);
    }

    // JWT.decode(token).getSubject() would be wrong here
}
