using System.IdentityModel.Tokens.Jwt;
using Microsoft.IdentityModel.Tokens;

class Gate : ControllerBase
{
    IActionResult Enter(string token)
    {
        try
        {
            return Ok(new JwtSecurityTokenHandler().ValidateToken(token, parameters, out _));
        }
        catch (Exception e)
        {
            return Unauthorized(e.Message); // finding: medium
        }
    }
}
