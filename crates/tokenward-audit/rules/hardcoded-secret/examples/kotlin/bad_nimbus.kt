package shop

import com.nimbusds.jose.crypto.MACSigner

class Signer {
    private val secret = "orchard-winter-42-orchard-winter-42" // finding: high

    fun signer() = MACSigner(secret.encodeToByteArray())
}
