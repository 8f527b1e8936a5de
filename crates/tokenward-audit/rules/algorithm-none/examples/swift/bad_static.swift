import JWTKit

func keys() -> JWTSigner {
    JWTSigner.unsecuredNone // finding: critical
}
