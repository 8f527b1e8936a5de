using System.IdentityModel.Tokens.Jwt;

public class Renewal
{
    public bool IsOld(string raw)
    {
        return new JwtSecurityTokenHandler().ReadJwtToken(raw).ValidTo < DateTime.UtcNow;
    }
}
