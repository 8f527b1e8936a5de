using Microsoft.IdentityModel.Tokens;

public class JwtIssuer
{
    public SecurityKey Make(string path)
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(File.ReadAllText(path));
        return new RsaSecurityKey(rsa);
    }
}
