using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(SigningCredentials credentials) =>
        new JwtSecurityToken(expires: DateTime.UtcNow.AddMinutes(15), signingCredentials: credentials);
}
