using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.Tokens;
using System.IdentityModel.Tokens.Jwt;

public class Files : ControllerBase
{
    public ClaimsPrincipal Read(HttpContext context)
    {
        return new JwtSecurityTokenHandler().ValidateToken(context.Request.Query["access_token"], parameters, out _); // finding
    }
}
