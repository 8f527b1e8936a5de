public static class Setup
{
    public static void Configure(JwtBearerOptions options)
    {
        options.TokenValidationParameters.RequireSignedTokens = false; // finding: critical
    }
}
