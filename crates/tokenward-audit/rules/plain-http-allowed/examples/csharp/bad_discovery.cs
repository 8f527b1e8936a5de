using IdentityModel.Client;

var document = await client.GetDiscoveryDocumentAsync(new DiscoveryDocumentRequest
{
    Address = authority,
    Policy = new DiscoveryPolicy { RequireHttps = false }, // finding: medium
});
