package shop;

import jakarta.servlet.http.HttpServletRequest;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;

class Users {
    String user(HttpServletRequest request) throws Exception {
        JwtConsumer consumer = new JwtConsumerBuilder().setSkipSignatureVerification().build();
        return consumer.processToClaims(request.getHeader("X-Token")).getSubject(); // finding: high
    }
}
