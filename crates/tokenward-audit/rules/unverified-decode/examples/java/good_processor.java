package shop;

import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.proc.ConfigurableJWTProcessor;

class Processed {
    String user(String token, ConfigurableJWTProcessor<?> processor) throws Exception {
        JWT jwt = JWTParser.parse(token);
        return processor.process(jwt, null).getSubject();
    }
}
