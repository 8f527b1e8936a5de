using Microsoft.IdentityModel.Tokens;

public class Session
{
    public void Logout(string token)
    {
        var parameters = new TokenValidationParameters { ValidateLifetime = false };
        End(new JwtSecurityTokenHandler().ValidateToken(token, parameters, out _));
    }
}
