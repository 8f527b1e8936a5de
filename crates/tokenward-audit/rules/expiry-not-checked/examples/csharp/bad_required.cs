using Microsoft.IdentityModel.Tokens;

public static class Setup
{
    public static TokenValidationParameters Parameters() => new()
    {
        RequireExpirationTime = false, // finding: high
    };
}
