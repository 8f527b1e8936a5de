using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

public class Issuer
{
    private readonly JsonWebTokenHandler handler = new JsonWebTokenHandler();

    public string Issue(SigningCredentials credentials) =>
        handler.CreateToken(new SecurityTokenDescriptor
        {
            Expires = DateTime.UtcNow.AddMinutes(600), // finding: medium
            SigningCredentials = credentials,
        });
}
