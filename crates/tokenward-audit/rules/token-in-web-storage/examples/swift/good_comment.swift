import Foundation

// UserDefaults.standard.set(token, forKey: "accessToken") is what we did before.
func old() -> String? {
    UserDefaults.standard.string(forKey: "accessToken")
}
