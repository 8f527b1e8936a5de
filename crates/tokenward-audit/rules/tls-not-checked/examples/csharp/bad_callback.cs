using Microsoft.IdentityModel.Tokens;

class Keys
{
    HttpClient ForJwks()
    {
        var handler = new HttpClientHandler();
        handler.ServerCertificateCustomValidationCallback = (message, certificate, chain, errors) => true; // finding: high
        return new HttpClient(handler) { BaseAddress = new Uri("https://auth.example/jwks") };
    }
}
