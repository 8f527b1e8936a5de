import Foundation

func logOut() {
    UserDefaults.standard.removeObject(forKey: "accessToken")
    UserDefaults.standard.set(nil, forKey: "refreshToken")
}
