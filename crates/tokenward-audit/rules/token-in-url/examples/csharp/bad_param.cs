using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.Tokens;
using System.IdentityModel.Tokens.Jwt;

public class Files : ControllerBase
{
    [HttpGet("files/{id}")]
    public IActionResult Get(int id, [FromQuery] string token)
    {
        var user = new JwtSecurityTokenHandler().ValidateToken(token, parameters, out _); // finding
        return Ok(user);
    }
}
