using Microsoft.IdentityModel.Tokens;

public class JwtIssuer
{
    public SecurityKey Make() => new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(64));
}
