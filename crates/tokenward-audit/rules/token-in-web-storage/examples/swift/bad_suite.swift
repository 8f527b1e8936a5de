import Foundation

func share(token: String) {
    let shared = UserDefaults(suiteName: "group.shop")
    shared?.setValue(token, forKey: "auth_token") // finding: high
}
