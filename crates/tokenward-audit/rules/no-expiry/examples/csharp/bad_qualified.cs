public class Issuer
{
    public object Issue(SigningCredentials credentials)
    {
        return new System.IdentityModel.Tokens.Jwt.JwtSecurityToken(issuer: "shop", signingCredentials: credentials); // finding: high
    }
}
