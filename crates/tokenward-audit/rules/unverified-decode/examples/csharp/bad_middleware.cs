using System.IdentityModel.Tokens.Jwt;
using Microsoft.AspNetCore.Http;

public class UserMiddleware
{
    public async Task Invoke(HttpContext context)
    {
        var raw = context.Request.Headers["Authorization"].ToString().Substring(7);
        var handler = new JwtSecurityTokenHandler();
        var token = handler.ReadJwtToken(raw); // finding: high
        context.Items["user"] = token.Claims.First(c => c.Type == "sub").Value;
    }
}
