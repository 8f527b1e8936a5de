using System.IdentityModel.Tokens.Jwt;

public static class Setup
{
    public static void Configure(JwtBearerOptions options)
    {
        options.TokenValidationParameters.SignatureValidator = delegate (string token, TokenValidationParameters p)
        {
            var jwt = new JwtSecurityToken(token);
            return jwt; // finding: critical
        };
    }
}
