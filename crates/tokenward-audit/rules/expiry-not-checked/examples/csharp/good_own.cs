using Microsoft.IdentityModel.Tokens;

public class Reader
{
    public ClaimsPrincipal Read(string token)
    {
        var parameters = new TokenValidationParameters { ValidateLifetime = false };
        var principal = new JwtSecurityTokenHandler().ValidateToken(token, parameters, out var security);
        if (long.Parse(principal.FindFirst("exp").Value) < Now())
        {
            throw new SecurityTokenExpiredException();
        }
        return principal;
    }
}
