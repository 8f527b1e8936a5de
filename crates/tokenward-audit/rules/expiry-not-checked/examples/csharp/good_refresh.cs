using Microsoft.IdentityModel.Tokens;

public class Refresh
{
    public ClaimsPrincipal GetPrincipalFromExpiredToken(string token)
    {
        var parameters = new TokenValidationParameters { ValidateLifetime = false };
        return new JwtSecurityTokenHandler().ValidateToken(token, parameters, out _);
    }
}
