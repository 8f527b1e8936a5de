using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public string Issue(SigningCredentials credentials)
    {
        var token = new JwtSecurityToken(claims: Claims(), signingCredentials: credentials); // finding: high
        return new JwtSecurityTokenHandler().WriteToken(token);
    }
}
