using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(IEnumerable<Claim> claims)
    {
        return new JwtSecurityToken("shop", "api", claims, Now(), Soon()); // finding: high
    }
}
