using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    public JwtSecurityToken Issue(SigningCredentials credentials) =>
        new JwtSecurityToken(
            expires: DateTime.UtcNow.Add(Lifetime), // finding: high
            signingCredentials: credentials);
}
