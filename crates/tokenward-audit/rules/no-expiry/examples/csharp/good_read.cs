using System.IdentityModel.Tokens.Jwt;

public class Reader
{
    public DateTime End(string raw) => new JwtSecurityToken(raw).ValidTo;
}
