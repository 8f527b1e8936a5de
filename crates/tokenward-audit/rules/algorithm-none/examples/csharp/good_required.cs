using Microsoft.IdentityModel.Tokens;

public static class Setup
{
    public static TokenValidationParameters Parameters(bool signed) => new TokenValidationParameters
    {
        RequireSignedTokens = true,
        RequireAudience = signed,
    };
}
