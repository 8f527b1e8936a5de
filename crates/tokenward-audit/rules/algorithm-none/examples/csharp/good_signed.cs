using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(IEnumerable<Claim> claims, SigningCredentials credentials)
    {
        return new JwtSecurityToken(issuer: "shop", claims: claims, expires: Soon(), signingCredentials: credentials);
    }
}
