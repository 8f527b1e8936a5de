using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(IEnumerable<Claim> claims, SigningCredentials credentials)
    {
        return new JwtSecurityToken( // finding: high
            issuer: "shop",
            claims: claims,
            signingCredentials: credentials);
    }
}
