using System.Text;
using Microsoft.IdentityModel.Tokens;

public class JwtIssuer
{
    public SecurityKey Make(IConfiguration configuration)
    {
        return new SymmetricSecurityKey(Encoding.UTF8.GetBytes(configuration["Jwt:Key"]));
    }
}
