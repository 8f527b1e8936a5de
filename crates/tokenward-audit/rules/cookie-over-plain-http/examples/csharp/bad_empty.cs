using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

public class AuthController : ControllerBase
{
    public IActionResult Answer(string token, bool isSecure)
    {
        var options = new CookieOptions();
        options.HttpOnly = true;
        options.Path = "/";
        Response.Cookies.Append("jwt", token, options); // finding
        return Ok();
    }
}
