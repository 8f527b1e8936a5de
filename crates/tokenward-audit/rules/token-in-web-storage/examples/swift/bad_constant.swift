import Foundation

struct Store {
    static let refreshTokenKey = "refresh_token"
    let defaults = UserDefaults.standard

    func keep(_ value: String) {
        defaults.set(value, forKey: Store.refreshTokenKey) // finding: high
    }
}
