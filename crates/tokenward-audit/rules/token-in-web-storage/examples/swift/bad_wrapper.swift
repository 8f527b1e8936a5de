import SwiftUI

struct Profile: View {
    @AppStorage("jwt") private var token = "" // finding: high

    var body: some View { Text("Hello") }
}
