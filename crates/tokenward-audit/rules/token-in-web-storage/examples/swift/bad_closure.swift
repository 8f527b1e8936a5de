import Foundation

private let tokenStorageKey = "shop.provider.kept"

func logIn(with provider: Provider) {
    provider.start { answer in
        guard let data = try? encoder.encode(answer.tokens) else { return }
        UserDefaults.standard.set(data, forKey: tokenStorageKey) // finding: medium
        print("done")
    }
}
