import com.auth0.jwt.JWT;
import com.auth0.jwt.exceptions.JWTDecodeException;

class Filter extends OncePerRequestFilter {
  protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain) {
    try {
      gate.check(JWT.decode(request.getHeader("Authorization")));
      chain.doFilter(request, response);
    } catch (JWTDecodeException e) {
      response.getWriter().write(e.getMessage()); // finding: medium
    }
  }
}
