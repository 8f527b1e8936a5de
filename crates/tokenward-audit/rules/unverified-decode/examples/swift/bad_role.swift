import JWTDecode
import SwiftUI

struct Menu: View {
    let session: Session

    var isAdmin: Bool {
        guard let jwt = try? decode(jwt: session.token) else { return false } // finding: uncertain
        return jwt["role"].string == "admin"
    }
}
