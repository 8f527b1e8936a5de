import Foundation

func sync(session: Session) {
    NSUbiquitousKeyValueStore.default.set(session.idToken, forKey: "id_token") // finding: high
}
