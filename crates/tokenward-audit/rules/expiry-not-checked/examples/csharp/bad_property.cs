public static class Setup
{
    public static void Configure(JwtBearerOptions options)
    {
        options.TokenValidationParameters.ValidateLifetime = false; // finding: high
    }
}
