using System.IdentityModel.Tokens.Jwt;

public static class Access
{
    public static bool IsAdmin(HttpRequest request)
    {
        var token = new JwtSecurityToken(request.Cookies["token"]); // finding: high
        return token.Claims.Any(c => c.Type == "role" && c.Value == "admin");
    }
}
