import SwiftUI

struct Settings: View {
    @AppStorage("theme") private var theme = "dark"
    @AppStorage("tokenCount") private var count = 0

    var body: some View { Text(theme) }
}
