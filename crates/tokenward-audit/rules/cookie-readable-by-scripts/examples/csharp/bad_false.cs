using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

public class AuthController : ControllerBase
{
    public IActionResult Answer(string token, bool isSecure)
    {
        var options = new CookieOptions { HttpOnly = false, Secure = true, SameSite = SameSiteMode.Lax };
        HttpContext.Response.Cookies.Append("refreshToken", token, options); // finding
        return Ok();
    }
}
