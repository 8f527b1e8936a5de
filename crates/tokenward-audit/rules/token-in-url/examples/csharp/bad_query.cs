using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.Tokens;
using System.IdentityModel.Tokens.Jwt;

public class Files : ControllerBase
{
    public IActionResult Open()
    {
        var token = Request.Query["token"]; // finding
        var user = new JwtSecurityTokenHandler().ValidateToken(token, parameters, out _);
        return Ok(user.Identity.Name);
    }
}
