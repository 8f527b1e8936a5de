using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

public class AuthController : ControllerBase
{
    public IActionResult Answer(string token, bool isSecure)
    {
        Response.Cookies.Append("access_token", token, new CookieOptions // finding
        {
            Secure = true,
            Expires = DateTimeOffset.UtcNow.AddMinutes(15),
        });
        return Ok();
    }
}
