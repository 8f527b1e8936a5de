import JWTKit

struct Receipt {
    func verify(using rules: Rules) throws {}
}
