using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken IssueRefreshToken(SigningCredentials credentials) =>
        new JwtSecurityToken(expires: DateTime.UtcNow.AddDays(14), signingCredentials: credentials);
}
