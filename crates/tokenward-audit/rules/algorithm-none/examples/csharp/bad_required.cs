using Microsoft.IdentityModel.Tokens;

public static class Setup
{
    public static TokenValidationParameters Parameters() => new TokenValidationParameters
    {
        RequireSignedTokens = false, // finding: critical
        ValidIssuer = "https://auth.example.com",
    };
}
