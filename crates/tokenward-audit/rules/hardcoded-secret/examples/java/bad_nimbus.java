package shop;

import com.nimbusds.jose.crypto.MACSigner;

class Tokens {
    MACSigner signer() throws Exception {
        return new MACSigner("841D8A6C80CBA4FCAD32D5367C18C53B"); // finding: high
    }
}
