using Microsoft.IdentityModel.Tokens;

public static class Setup
{
    public static TokenValidationParameters Parameters(Options options) => new TokenValidationParameters
    {
        ValidateLifetime = options.ValidateLifetime,
    };
}
