import Foundation

final class Session {
    func save(_ token: String) {
        UserDefaults.standard.set(token, forKey: "accessToken") // finding: high
    }
}
