using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(SigningCredentials credentials, DateTime start)
    {
        return new JwtSecurityToken(audience: "api", notBefore: start, signingCredentials: credentials); // finding: high
    }
}
