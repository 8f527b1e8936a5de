using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public string Issue(SigningCredentials credentials)
    {
        var token = new JwtSecurityToken("shop", "api", claims, expires: Soon(), signingCredentials: credentials);
        return new JwtSecurityTokenHandler().WriteToken(token);
    }
}
