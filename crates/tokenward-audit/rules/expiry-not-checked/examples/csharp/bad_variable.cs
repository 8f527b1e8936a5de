using Microsoft.IdentityModel.Tokens;

public class Reader
{
    public ClaimsPrincipal Read(string token)
    {
        var parameters = new TokenValidationParameters();
        parameters.ValidateLifetime = false; // finding: high
        return new JwtSecurityTokenHandler().ValidateToken(token, parameters, out _);
    }
}
