using Jose;

public class Issuer
{
    public string Issue(object payload)
    {
        return JWT.Encode(payload, null, JwsAlgorithm.none); // finding: high
    }
}
