using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(SigningCredentials credentials)
    {
        return new JwtSecurityToken("shop", "api", Claims(), Now(), Soon(), credentials);
    }
}
