import JWTDecode
import SwiftUI

struct Session {
    let token: String

    func isOver() -> Bool {
        guard let jwt = try? decode(jwt: token) else { return true }
        return jwt.expired
    }
}
