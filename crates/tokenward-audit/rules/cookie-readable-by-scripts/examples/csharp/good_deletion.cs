using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

public class AuthController : ControllerBase
{
    public IActionResult Answer(string token, bool isSecure)
    {
        var past = new CookieOptions { Expires = DateTimeOffset.UtcNow.AddDays(-1) };
        Response.Cookies.Append("jwt", token, past);
        Response.Cookies.Append("refresh_token", "");
        return Ok();
    }
}
