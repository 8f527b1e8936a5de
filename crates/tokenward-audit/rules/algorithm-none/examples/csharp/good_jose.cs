using Jose;

public class Issuer
{
    public string Issue(object payload, RSA key)
    {
        return JWT.Encode(payload, key, JwsAlgorithm.RS256);
    }
}
