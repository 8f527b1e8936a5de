using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.Tokens;
using System.IdentityModel.Tokens.Jwt;

public class Files : ControllerBase
{
    [HttpGet("orders")]
    public IActionResult List([FromQuery] int page, [FromHeader] string token)
    {
        return Ok(new JwtSecurityTokenHandler().ValidateToken(token, parameters, out _));
    }
}
