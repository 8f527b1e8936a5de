using Microsoft.IdentityModel.Tokens;

public static class Setup
{
    private const bool Check = false;

    public static TokenValidationParameters Parameters() => new TokenValidationParameters
    {
        ValidateLifetime = Check, // finding: high
    };
}
