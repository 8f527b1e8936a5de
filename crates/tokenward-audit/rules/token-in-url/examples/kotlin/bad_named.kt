import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

@GetMapping("/events")
fun stream(@RequestParam("access_token") token: String, room: String): String {
    return JWT.require(Algorithm.RSA256(key)).build().verify(token).subject // finding
}
