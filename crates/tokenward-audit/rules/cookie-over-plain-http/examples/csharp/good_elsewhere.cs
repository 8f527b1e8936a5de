using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

public class AuthController : ControllerBase
{
    public IActionResult Answer(string token, bool isSecure)
    {
        Response.Cookies.Append("jwt", token, CookieSettings.ForTokens());
        return Ok();
    }
}
