using Microsoft.IdentityModel.Tokens;

public static class JwtKeys
{
    public static readonly SymmetricSecurityKey Key =
        new SymmetricSecurityKey(Convert.FromBase64String("bXlTZWNyZXRLZXlUaGF0SXNOb3RTZWNyZXQ=")); // finding: high
}
