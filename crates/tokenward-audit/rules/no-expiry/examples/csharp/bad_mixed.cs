using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public string Issue(SigningCredentials credentials) =>
        new JwtSecurityTokenHandler().WriteToken(
            new JwtSecurityToken("shop", "api", Claims(), signingCredentials: credentials)); // finding: high
}
