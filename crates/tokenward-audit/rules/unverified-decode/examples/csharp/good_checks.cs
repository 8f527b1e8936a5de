using Microsoft.IdentityModel.JsonWebTokens;

public static class Setup
{
    public static TokenValidationParameters Parameters(Checker checker) => new()
    {
        SignatureValidator = (token, parameters) => checker.Check(token),
    };
}
