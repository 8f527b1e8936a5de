using Jose;

public class Reader
{
    public string Read(string token)
    {
        return JWT.Decode(token, "top secret", JwsAlgorithm.HS256); // finding: high
    }
}
