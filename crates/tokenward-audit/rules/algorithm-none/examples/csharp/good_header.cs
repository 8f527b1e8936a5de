using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(SigningCredentials credentials, JwtPayload payload)
    {
        var header = new JwtHeader(credentials);
        return new JwtSecurityToken(header, payload);
    }
}
