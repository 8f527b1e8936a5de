using Microsoft.IdentityModel.Tokens;

public static class Setup
{
    public static TokenValidationParameters Parameters() => new TokenValidationParameters
    {
        ValidateIssuer = true,
        ValidateLifetime = false, // finding: high
    };
}
