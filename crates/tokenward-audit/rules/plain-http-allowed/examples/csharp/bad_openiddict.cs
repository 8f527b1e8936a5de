services.AddOpenIddict().AddServer(options =>
{
    options.SetTokenEndpointUris("/connect/token");
    options.UseAspNetCore().DisableTransportSecurityRequirement(); // finding: medium
});
