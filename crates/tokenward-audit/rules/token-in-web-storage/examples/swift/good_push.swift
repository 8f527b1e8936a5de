import UIKit

func application(_ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken deviceToken: Data) {
    UserDefaults.standard.set(deviceToken, forKey: "deviceToken")
    UserDefaults.standard.set(deviceToken.hex, forKey: "apnsToken")
}
