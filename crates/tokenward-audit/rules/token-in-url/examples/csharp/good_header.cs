using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.Tokens;
using System.IdentityModel.Tokens.Jwt;

public class Files : ControllerBase
{
    public ClaimsPrincipal Read(HttpRequest request)
    {
        var token = request.Headers.Authorization.ToString().Substring(7);
        return new JwtSecurityTokenHandler().ValidateToken(token, parameters, out _);
    }
}
