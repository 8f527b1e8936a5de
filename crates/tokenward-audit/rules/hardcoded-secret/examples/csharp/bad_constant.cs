using System.Text;
using Microsoft.IdentityModel.Tokens;

public class JwtIssuer
{
    private const string Key = "superSecretKey@345"; // finding: high

    public SecurityKey Make() => new SymmetricSecurityKey(Encoding.ASCII.GetBytes(Key));
}
