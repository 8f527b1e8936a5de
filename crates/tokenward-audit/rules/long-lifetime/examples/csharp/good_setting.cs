using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(SigningCredentials credentials, JwtSettings settings) =>
        new JwtSecurityToken(expires: DateTime.UtcNow.AddMinutes(settings.Lifetime), signingCredentials: credentials);
}
