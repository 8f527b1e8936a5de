using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.Tokens;
using System.IdentityModel.Tokens.Jwt;

public class Files : ControllerBase
{
    public ClaimsPrincipal Read(HttpRequest request)
    {
        string raw = request.Query["jwt"].ToString(); // finding
        return new JwtSecurityTokenHandler().ValidateToken(raw, parameters, out _);
    }
}
