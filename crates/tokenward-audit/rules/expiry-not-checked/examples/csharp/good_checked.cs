using Microsoft.IdentityModel.Tokens;

public static class Setup
{
    public static TokenValidationParameters Parameters() => new TokenValidationParameters
    {
        ValidateLifetime = true,
        RequireExpirationTime = true,
    };
}
