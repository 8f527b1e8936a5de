using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.Tokens;
using System.IdentityModel.Tokens.Jwt;

public class Files : ControllerBase
{
    [HttpGet("events")]
    public IActionResult Stream([FromQuery(Name = "access_token")] string token, int room)
    {
        return Ok(new JwtSecurityTokenHandler().ValidateToken(token, parameters, out _)); // finding
    }
}
