using System.IdentityModel.Tokens.Jwt;

public class Preferences
{
    public CookieOptions Options() => new CookieOptions { Expires = DateTime.UtcNow.AddYears(1) };
}
