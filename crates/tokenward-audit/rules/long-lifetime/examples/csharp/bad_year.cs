using System.IdentityModel.Tokens.Jwt;

public class Issuer
{
    public JwtSecurityToken Issue(SigningCredentials credentials)
    {
        var end = DateTime.Now.AddYears(1); // finding: high
        return new JwtSecurityToken("shop", "api", Claims(), DateTime.Now, end, credentials);
    }
}
