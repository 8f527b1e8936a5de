using System.IdentityModel.Tokens.Jwt;
using Microsoft.IdentityModel.Tokens;

public class Issuer
{
    // Without a time, the handler gives it an hour.
    public string Issue(SigningCredentials credentials)
    {
        var handler = new JwtSecurityTokenHandler();
        var descriptor = new SecurityTokenDescriptor { Issuer = "shop", SigningCredentials = credentials };
        return handler.WriteToken(handler.CreateToken(descriptor));
    }
}
