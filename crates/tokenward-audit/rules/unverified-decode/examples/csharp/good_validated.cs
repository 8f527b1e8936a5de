using System.IdentityModel.Tokens.Jwt;

public class Verifier
{
    public string User(string raw, TokenValidationParameters parameters)
    {
        var handler = new JwtSecurityTokenHandler();
        var issuer = handler.ReadJwtToken(raw).Issuer;
        var principal = handler.ValidateToken(raw, parameters, out _);
        return principal.Identity.Name;
    }
}
