using Microsoft.IdentityModel.Tokens;

public static class Parameters
{
    public static TokenValidationParameters Make(SecurityKey key) => new()
    {
        IssuerSigningKey = key,
        ValidIssuer = "https://login.example",
        LifetimeValidator = (notBefore, expires, token, parameters) => expires > Clock.Now,
    };
}
