import JWTKit

enum Channel { case secured, none }

let channel: Channel = .none
