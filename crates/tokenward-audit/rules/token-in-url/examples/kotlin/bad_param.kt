import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

@GetMapping("/files")
fun open(@RequestParam token: String): String =
    JWT.require(Algorithm.RSA256(key)).build().verify(token).subject // finding
