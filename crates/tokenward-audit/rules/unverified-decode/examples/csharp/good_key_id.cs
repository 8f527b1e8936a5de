using System.IdentityModel.Tokens.Jwt;

public class Keys
{
    public string KeyId(string raw)
    {
        var token = new JwtSecurityTokenHandler().ReadJwtToken(raw);
        return token.Header.Kid;
    }
}
