using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(SigningCredentials credentials)
    {
        return new JwtSecurityToken(issuer: "shop", expires: Soon(), signingCredentials: credentials);
    }
}
