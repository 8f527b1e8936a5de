using System.Text;
using Microsoft.IdentityModel.Tokens;

public class JwtIssuer
{
    public SecurityKey Make(IConfiguration configuration)
    {
        var secret = configuration["Jwt:Key"] ?? "development-only-key"; // finding: high
        return new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret));
    }
}
