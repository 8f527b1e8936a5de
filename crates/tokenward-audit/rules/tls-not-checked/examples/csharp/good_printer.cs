using Microsoft.IdentityModel.Tokens;

class Printer
{
    HttpClient Open(CancellationToken cancellationToken) => new HttpClient(new HttpClientHandler
    {
        ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
    });
}
