using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(JwtHeader header, JwtPayload payload) => new JwtSecurityToken(header, payload);
}
