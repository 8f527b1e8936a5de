package shop

import com.nimbusds.jose.JWSAlgorithm
import com.nimbusds.jose.proc.JWSVerificationKeySelector
import com.nimbusds.jwt.JWTParser
import com.nimbusds.jwt.proc.DefaultJWTProcessor

class Reader(keys: KeySource) {
    private val processor = DefaultJWTProcessor<SecurityContext>().apply {
        jwsKeySelector = JWSVerificationKeySelector(JWSAlgorithm.ES256, keys)
    }

    fun user(token: String): String {
        val parsed = JWTParser.parse(token)
        return processor.process(parsed, null).subject
    }
}
