package shop

import io.jsonwebtoken.io.Decoders
import io.jsonwebtoken.security.Keys

val key = Keys.hmacShaKeyFor(Decoders.BASE64.decode("b3JjaGFyZC13aW50ZXItNDItb3JjaGFyZC13aW50ZXI=")) // finding: high
