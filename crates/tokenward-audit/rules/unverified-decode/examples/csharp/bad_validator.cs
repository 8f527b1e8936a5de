using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

public static class Setup
{
    public static TokenValidationParameters Parameters() => new TokenValidationParameters
    {
        ValidIssuer = "https://auth.example.com",
        SignatureValidator = (token, parameters) => new JsonWebToken(token), // finding: critical
    };
}
