services.AddOpenIddict().AddServer(options =>
{
    options.SetTokenEndpointUris("/connect/token");
    options.UseReferenceRefreshTokens();
});
