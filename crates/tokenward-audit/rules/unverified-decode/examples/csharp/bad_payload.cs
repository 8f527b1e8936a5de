using Jose;

public class Principal
{
    public string Authenticate(HttpRequest request)
    {
        return JWT.Payload(request.Headers["X-Token"]); // finding: high
    }
}
