import Foundation

extension Login {
    func done(answer: Answer) {
        UserDefaults.standard.setValue(answer.value, forKey: "token") // finding: medium
    }
}
