using System.IdentityModel.Tokens.Jwt;
using Microsoft.IdentityModel.Tokens;

public class Issuer
{
    public string Issue(SigningCredentials credentials)
    {
        var handler = new JwtSecurityTokenHandler();
        var descriptor = new SecurityTokenDescriptor
        {
            Expires = DateTime.UtcNow.AddHours(12), // finding: medium
            SigningCredentials = credentials,
        };
        return handler.WriteToken(handler.CreateToken(descriptor));
    }
}
