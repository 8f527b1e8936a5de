using System.Text;
using Microsoft.IdentityModel.Tokens;

public class Issuer
{
    public SigningCredentials Credentials()
    {
        var key = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("a secret that stands in the code")); // finding: high
        return new SigningCredentials(key, SecurityAlgorithms.HmacSha256);
    }
}
