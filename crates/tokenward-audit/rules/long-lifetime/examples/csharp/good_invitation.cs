using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken IssueInvitation(SigningCredentials credentials) =>
        new JwtSecurityToken(expires: DateTime.UtcNow.AddDays(3), signingCredentials: credentials);
}
