using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(IEnumerable<Claim> claims)
    {
        return new JwtSecurityToken(issuer: "shop", audience: "api", claims: claims, expires: Soon()); // finding: high
    }
}
