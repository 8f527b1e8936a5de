using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(SigningCredentials credentials)
    {
        return new JwtSecurityToken(
            claims: Claims(),
            expires: DateTime.UtcNow.AddDays(7), // finding: high
            signingCredentials: credentials);
    }
}
