using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.Tokens;
using System.IdentityModel.Tokens.Jwt;

public class Files : ControllerBase
{
    [HttpGet("reset")]
    public IActionResult Open([FromQuery] string token)
    {
        return Ok(new JwtSecurityTokenHandler().ValidateToken(token, parameters, out _));
    }
}
