using System.Text;
using Microsoft.IdentityModel.Tokens;

public class JwtIssuer
{
    public SecurityKey Make()
    {
        var secret = Environment.GetEnvironmentVariable("BILLING_JWT_KEY") ?? throw new Exception("BILLING_JWT_KEY");
        return new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret));
    }
}
