using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.Tokens;
using System.IdentityModel.Tokens.Jwt;

public class Files : ControllerBase
{
    public ClaimsPrincipal Read(HttpRequest request)
    {
        return new JwtSecurityTokenHandler().ValidateToken(request.Cookies["jwt"], parameters, out _);
    }
}
