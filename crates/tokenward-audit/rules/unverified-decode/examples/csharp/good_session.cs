using System.IdentityModel.Tokens.Jwt;
using Microsoft.AspNetCore.Http;

public class Profile
{
    public Account Of(HttpContext context)
    {
        var token = context.Session.GetString("token");
        var jwt = new JwtSecurityTokenHandler().ReadJwtToken(token);
        return Accounts.Find(jwt.Subject);
    }
}
